import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as conventions from '@opentelemetry/semantic-conventions/incubating';
import { ATTRIBUTES, operationName, providerName } from '../../src/telemetry/gen-ai.ts';

const NAMES = new Set(
  Object.entries(conventions).flatMap(([key, name]) => (key.startsWith('ATTR_') ? [String(name)] : [])),
);
const valuesOf = (prefix: string) =>
  new Set(Object.entries(conventions).flatMap(([key, name]) => (key.startsWith(prefix) ? [String(name)] : [])));

describe('the names of the GenAI conventions', () => {
  it('are those of the package', () => {
    for (const name of Object.values(ATTRIBUTES)) assert.ok(NAMES.has(name), name);
  });

  it('include well-known operations and providers wherever the catalogue means one', () => {
    const operations = valuesOf('GEN_AI_OPERATION_NAME_VALUE_');
    for (const endpoint of ['chat', 'messages', 'responses', 'generate', 'completions', 'embeddings'])
      assert.ok(operations.has(operationName(endpoint)), endpoint);
    const providers = valuesOf('GEN_AI_PROVIDER_NAME_VALUE_');
    for (const name of [
      'openai',
      'anthropic',
      'google',
      'azure-openai',
      'azure-openai-classic',
      'bedrock',
      'mistral',
      'xai',
      'cohere',
      'deepseek',
      'groq',
    ])
      assert.ok(providers.has(providerName(name)), name);
    assert.equal(providerName('own-models'), 'own-models');
  });
});
