import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonObject, Reasoning } from '#core';
import { read, write } from './support.ts';

describe('thinkingConfig is read', () => {
  const cases: readonly [JsonObject, Reasoning][] = [
    [{ thinkingBudget: 0 }, { enabled: false, includeThoughts: false }],
    [
      { thinkingBudget: -1, includeThoughts: true },
      { enabled: true, includeThoughts: true },
    ],
    [{ thinkingBudget: 2048 }, { budgetTokens: 2048, includeThoughts: false }],
    [{ thinkingLevel: 'LOW' }, { effort: 'low', includeThoughts: false }],
    [
      { thinking_level: 'high', include_thoughts: true },
      { effort: 'high', includeThoughts: true },
    ],
  ];
  for (const [thinkingConfig, expected] of cases) {
    test(JSON.stringify(thinkingConfig), () => {
      assert.deepEqual(read({ generationConfig: { thinkingConfig } }).reasoning, expected);
    });
  }
});

describe('the amount of thinking is written for the family', () => {
  const cases: readonly [string, Reasoning, JsonObject | undefined, boolean][] = [
    ['gemini-2.5-flash', { effort: 'none' }, { thinkingBudget: 0 }, false],
    ['gemini-2.5-pro', { effort: 'none' }, { thinkingBudget: 128 }, true],
    ['gemini-2.5-flash', { effort: 'minimal' }, { thinkingBudget: 1024 }, false],
    ['gemini-2.5-flash', { effort: 'medium' }, { thinkingBudget: 8192 }, false],
    ['gemini-2.5-flash', { effort: 'high' }, { thinkingBudget: 24_576 }, false],
    ['gemini-2.5-flash', { effort: 'xhigh' }, { thinkingBudget: 24_576 }, true],
    ['gemini-2.5-pro', { effort: 'xhigh' }, { thinkingBudget: 32_768 }, false],
    ['gemini-2.5-pro', { budgetTokens: 5000 }, { thinkingBudget: 5000, includeThoughts: true }, false],
    [
      'gemini-2.5-pro',
      { budgetTokens: 5000, includeThoughts: false },
      { thinkingBudget: 5000, includeThoughts: false },
      false,
    ],
    ['gemini-2.5-flash', { enabled: true }, { thinkingBudget: -1, includeThoughts: true }, false],
    ['gemini-2.5-flash', { enabled: false }, { thinkingBudget: 0 }, false],
    ['gemini-3-flash-preview', { effort: 'none' }, { thinkingLevel: 'MINIMAL' }, false],
    ['gemini-3.1-pro-preview', { effort: 'minimal' }, { thinkingLevel: 'LOW' }, false],
    ['gemini-3-flash-preview', { effort: 'medium' }, { thinkingLevel: 'MEDIUM' }, false],
    ['gemini-3-flash-preview', { effort: 'xhigh' }, { thinkingLevel: 'HIGH' }, true],
    ['gemini-3-flash-preview', { budgetTokens: 1024 }, { thinkingLevel: 'LOW', includeThoughts: true }, false],
    ['gemini-flash-latest', { budgetTokens: 30_000 }, { thinkingLevel: 'HIGH', includeThoughts: true }, false],
    ['gemini-2.0-flash', { effort: 'high' }, undefined, true],
    ['gemini-2.0-flash', { effort: 'none' }, undefined, false],
    ['gemma-3-27b-it', { budgetTokens: 100 }, undefined, true],
  ];
  for (const [upstreamModel, reasoning, expected, isLost] of cases) {
    test(`${upstreamModel} ${JSON.stringify(reasoning)}`, () => {
      const { config, lost } = write({ reasoning }, { upstreamModel });
      assert.deepEqual(config.thinkingConfig, expected);
      assert.deepEqual(lost, isLost ? ['reasoning'] : []);
    });
  }
});
