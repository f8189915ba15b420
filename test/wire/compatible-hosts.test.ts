import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { loadCatalog } from '#catalog';
import { asObject, type JsonObject } from '#core';
import { CONTENTS, PARAMETERS, written } from '../../scripts/docs/parameter-probes.ts';
import { requireSharedData } from '../support/skip.ts';
import { loadRequestSchema } from './recorded/official-schemas.ts';

/** Hosts of OpenAI's dialect that publish what they take. */
const HOSTS = [
  {
    provider: 'mistral',
    model: 'mistral-large-latest',
    file: 'mistral/openapi.yaml.gz',
    name: 'ChatCompletionRequest',
  },
  { provider: 'openrouter', model: 'openai/gpt-4o', file: 'openrouter/in.openapi.yaml.gz', name: 'ChatRequest' },
] as const;

/** What a host's document refuses and its quirks cannot yet say otherwise; one that holds by now fails the test, so that the list only shrinks. */
const NOT_YET: Readonly<Record<string, readonly string[]>> = {};

describe('what is written for a compatible host, with its quirks, holds to its own OpenAPI document', () => {
  for (const { provider, model, file, name } of HOSTS) {
    it(`of ${provider}: every parameter and part of a conversation`, (t) => {
      const folder = requireSharedData(t, 'schemas');
      if (folder === undefined) return;
      const findFaults = loadRequestSchema(join(folder, file), name);
      assert.notDeepEqual(findFaults({ model, messages: 'x' }), [], 'the schema takes anything');
      const notYet = NOT_YET[provider] ?? [];
      const needless = new Set(notYet);
      const faults = [...PARAMETERS, ...CONTENTS].flatMap((probe) => {
        const { body } = written('openai-chat', probe.ask, { model, quirks: quirksOf(provider) });
        const found = findFaults(body);
        if (found.length > 0) needless.delete(probe.name);
        return notYet.includes(probe.name) ? [] : found.map((fault) => `${probe.name}: ${fault}`);
      });
      assert.deepEqual(faults, []);
      assert.deepEqual([...needless], [], 'these hold by now');
      for (const name of notYet) t.diagnostic(`excluded: ${provider}, ${name}`);
    });
  }
});

function quirksOf(provider: string): JsonObject {
  const found = loadCatalog().providers.find(({ metadata }) => metadata.name === provider);
  assert.ok(found, `the catalogue has no ${provider}`);
  return asObject(found.spec.quirks);
}
