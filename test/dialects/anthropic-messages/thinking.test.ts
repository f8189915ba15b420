import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonObject, Message, NeutralRequest } from '#core';
import { write } from './support.ts';

const tools = [{ kind: 'function', name: 'f' }] as const;
const forced = { tools, toolChoice: { kind: 'required' } } as const;
const loop: readonly Message[] = [
  { role: 'user', content: [{ kind: 'text', text: 'a' }] },
  { role: 'assistant', content: [{ kind: 'tool-call', id: 't1', name: 'f', arguments: '{}' }] },
  { role: 'user', content: [{ kind: 'tool-result', id: 't1', content: [{ kind: 'text', text: 'ok' }] }] },
];

describe('reasoning is written for the model’s generation', () => {
  const enabled = (budget: number) => ({ thinking: { type: 'enabled', budget_tokens: budget } });
  const adaptive = (effort: string) => ({ thinking: { type: 'adaptive' }, output_config: { effort } });
  const cases: readonly [string, string, Partial<NeutralRequest>, JsonObject, readonly string[]][] = [
    ['minimal as the least budget', 'claude-sonnet-4-5', { reasoning: { effort: 'minimal' } }, enabled(1024), []],
    ['low', 'claude-sonnet-4-5', { reasoning: { effort: 'low' } }, enabled(2048), []],
    ['medium', 'claude-3-7-sonnet-20250219', { reasoning: { effort: 'medium' } }, enabled(8192), []],
    ['high', 'claude-opus-4@20250514', { reasoning: { effort: 'high' } }, enabled(16384), []],
    ['xhigh', 'us.anthropic.claude-haiku-4-5-20251001-v1:0', { reasoning: { effort: 'xhigh' } }, enabled(32768), []],
    ['a budget', 'claude-sonnet-4-5', { reasoning: { budgetTokens: 5000 } }, enabled(5000), []],
    ['a budget under the least', 'claude-sonnet-4-5', { reasoning: { budgetTokens: 10 } }, enabled(1024), []],
    ['none', 'claude-sonnet-4-5', { reasoning: { effort: 'none' } }, { thinking: undefined }, []],
    ['a model of another maker, by budget', 'glm-5', { reasoning: { effort: 'low' } }, enabled(2048), []],
    [
      'a generation without thinking',
      'claude-3-5-sonnet-20241022',
      { reasoning: { effort: 'low' } },
      { thinking: undefined },
      ['reasoning_effort'],
    ],
    ['effort words from 4.6 on', 'claude-opus-4-6', { reasoning: { effort: 'high' } }, adaptive('high'), []],
    ['a budget where both are known', 'claude-opus-4-6', { reasoning: { budgetTokens: 3000 } }, enabled(3000), []],
    ['xhigh as max where it is unknown', 'claude-sonnet-4-6', { reasoning: { effort: 'xhigh' } }, adaptive('max'), []],
    ['xhigh', 'claude-opus-4-7', { reasoning: { effort: 'xhigh' } }, adaptive('xhigh'), []],
    [
      'a budget as effort, where budgets are refused',
      'claude-opus-4-7',
      { reasoning: { budgetTokens: 8000 } },
      adaptive('medium'),
      [],
    ],
    [
      'thinking without a figure',
      'claude-sonnet-5',
      { reasoning: { enabled: true } },
      { thinking: { type: 'adaptive' }, output_config: undefined },
      [],
    ],
    [
      'hidden thoughts',
      'claude-sonnet-5',
      { reasoning: { enabled: true, includeThoughts: false } },
      { thinking: { type: 'adaptive', display: 'omitted' } },
      [],
    ],
    [
      'off where it is on by itself',
      'claude-sonnet-5',
      { reasoning: { effort: 'none' } },
      { thinking: { type: 'disabled' } },
      [],
    ],
    [
      'off in the words of sonnet 5.5',
      'claude-sonnet-5-5',
      { reasoning: { effort: 'none' } },
      { thinking: { type: 'between_tools' } },
      [],
    ],
    [
      'off where that cannot be',
      'claude-opus-5-5',
      { reasoning: { effort: 'none' } },
      { thinking: undefined, output_config: { effort: 'low' } },
      ['reasoning_effort'],
    ],
    [
      'an effort word of this dialect alone',
      'claude-opus-4-7',
      { dialect: 'anthropic-messages', reasoning: { effort: 'low' } },
      { thinking: undefined, output_config: { effort: 'low' } },
      [],
    ],
  ];
  for (const [name, model, request, expected, lost] of cases) {
    test(`${name} (${model})`, () => {
      const written = write({ maxOutputTokens: 64_000, ...request }, model);
      for (const [key, value] of Object.entries(expected)) assert.deepEqual(written.body[key], value, key);
      assert.deepEqual(written.lost, lost);
    });
  }
  test('a model document that denies reasoning is believed', () => {
    const { body, lost } = write({ reasoning: { effort: 'low' } }, 'claude-sonnet-4-5', {
      capabilities: new Set(['tools']),
    });
    assert.equal(body.thinking, undefined);
    assert.deepEqual(lost, ['reasoning_effort']);
  });
});

describe('a request is made to keep the API’s rules', () => {
  const think = { reasoning: { effort: 'high' } } as const;
  const cases: readonly [string, string, Partial<NeutralRequest>, JsonObject, readonly string[]][] = [
    [
      'a budget over max_tokens becomes half of it',
      'claude-sonnet-4-5',
      { ...think, maxOutputTokens: 4000 },
      { thinking: { type: 'enabled', budget_tokens: 2000 }, max_tokens: 4000 },
      [],
    ],
    [
      'half, but not under the least budget',
      'claude-sonnet-4-5',
      { ...think, maxOutputTokens: 1500 },
      { thinking: { type: 'enabled', budget_tokens: 1024 } },
      [],
    ],
    [
      'no room for any budget',
      'claude-sonnet-4-5',
      { ...think, maxOutputTokens: 1000 },
      { thinking: undefined, max_tokens: 1000 },
      ['reasoning_effort'],
    ],
    [
      'a forced call beside a budget',
      'claude-sonnet-4-5',
      { ...think, ...forced, maxOutputTokens: 64_000 },
      { thinking: undefined, tool_choice: { type: 'any' } },
      ['reasoning_effort'],
    ],
    [
      'a forced call beside effort',
      'claude-opus-4-7',
      { ...think, ...forced },
      { thinking: undefined, output_config: { effort: 'high' }, tool_choice: { type: 'any' } },
      [],
    ],
    ['a forced call where none may be', 'claude-opus-5-5', forced, { tool_choice: { type: 'auto' } }, ['tool_choice']],
    [
      'a tool loop that another model began',
      'claude-sonnet-4-5',
      { ...think, messages: loop, tools, maxOutputTokens: 64_000 },
      { thinking: undefined },
      ['reasoning_effort'],
    ],
    [
      'such a loop with adaptive thinking',
      'claude-opus-4-7',
      { ...think, messages: loop, tools },
      { thinking: { type: 'adaptive' } },
      [],
    ],
    [
      'sampling beside thoughts',
      'claude-sonnet-4-5',
      { ...think, maxOutputTokens: 64_000, temperature: 0.3, topK: 4, topP: 0.5 },
      { temperature: undefined, top_k: undefined, top_p: undefined },
      ['temperature', 'top_k', 'top_p'],
    ],
    [
      'what sampling may stay beside thoughts',
      'claude-sonnet-4-5',
      { ...think, maxOutputTokens: 64_000, temperature: 1, topP: 0.97 },
      { temperature: undefined, top_p: 0.97 },
      [],
    ],
    [
      'sampling where the generation has none',
      'claude-opus-4-7',
      { temperature: 0.3, topP: 1 },
      { temperature: undefined, top_p: undefined },
      ['temperature'],
    ],
    [
      'sampling where both are known',
      'claude-3-7-sonnet-20250219',
      { temperature: 0.3, topP: 0.5 },
      { temperature: 0.3, top_p: 0.5 },
      [],
    ],
  ];
  for (const [name, model, request, expected, lost] of cases) {
    test(name, () => {
      const written = write(request, model);
      for (const [key, value] of Object.entries(expected)) assert.deepEqual(written.body[key], value, key);
      assert.deepEqual(written.lost, lost);
    });
  }
});
