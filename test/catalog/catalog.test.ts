import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import {
  type ListedFile,
  loadCatalog,
  loadCatalogSources,
  loadListedTexts,
  type ModelDocument,
  parseCatalogSource,
} from '#catalog';
import { digestOf, parseMoney } from '#core';
import { validatorFor } from './validator-for.ts';

const root = join(import.meta.dirname, '../..');
const catalog = loadCatalog();
const models = new Map(catalog.models.map((model) => [model.metadata.name, model]));

describe('the catalogue', () => {
  const needed = [
    ...['openai', 'azure-openai', 'anthropic', 'google', 'mistral', 'groq', 'deepseek', 'xai', 'qwen', 'openrouter'],
    ...['together', 'fireworks', 'cerebras', 'perplexity', 'moonshot', 'zhipu', 'ollama', 'vllm', 'sandbox'],
  ];
  for (const name of needed) {
    it(`has the provider ${name} with models`, () => {
      assert.ok(catalog.providers.some((provider) => provider.metadata.name === name));
      assert.ok(catalog.models.some((model) => model.spec.provider === name));
    });
  }

  it('sends instructions as system to every host of OpenAI’s dialect that knows no developer role', () => {
    const knowing = new Set(['openai', 'azure-openai', 'azure-openai-classic', 'openrouter']);
    for (const { metadata, spec } of catalog.providers) {
      if (spec.dialect !== 'openai-chat') continue;
      assert.equal(spec.quirks?.systemRole, knowing.has(metadata.name) ? undefined : 'system', metadata.name);
    }
  });

  it('names each provider and each model once', () => {
    assert.deepEqual(repeated(catalog.providers.map((provider) => provider.metadata.name)), []);
    assert.deepEqual(repeated(catalog.models.map((model) => model.metadata.name)), []);
  });

  it('gives each alias to one model, and none that is another model or a provider', () => {
    const aliases = catalog.models.flatMap((model) => model.spec.aliases ?? []);
    assert.ok(aliases.length > 100);
    assert.deepEqual(repeated([...aliases, ...models.keys()]), []);
  });

  it('names every model after its provider, which exists', () => {
    const providers = new Set(catalog.providers.map((provider) => provider.metadata.name));
    for (const { metadata, spec } of catalog.models) {
      assert.ok(metadata.name.startsWith(`${spec.provider}/`), metadata.name);
      assert.ok(providers.has(spec.provider), metadata.name);
    }
  });

  it('has documents that are valid by their schemas', () => {
    const isProvider = validatorFor('provider');
    const isModel = validatorFor('model');
    for (const document of catalog.providers) assert.deepEqual(isProvider(document), [], document.metadata.name);
    for (const document of catalog.models) assert.deepEqual(isModel(document), [], document.metadata.name);
  });

  it('rejects what is wrong, so that the check above means something', () => {
    const isModel = validatorFor('model');
    const [model] = catalog.models;
    assert.ok(model);
    const broken = { ...model, spec: { ...model.spec, tier: 'best', prices: [{ from: 'then', input: 'dear' }] } };
    assert.ok(isModel(broken).length >= 3);
  });

  it('finds where a document begins', () => {
    for (const source of loadCatalogSources()) {
      const lines = source.text.split('\n');
      for (const { document, line } of parseCatalogSource(source)) {
        assert.deepEqual(place(document.kind, document.metadata.name), { file: source.path, line });
        assert.equal(lines[line - 1], 'apiVersion: signalbox/v1');
      }
    }
    assert.equal(catalog.locate('Model', 'openai/no-such-model'), undefined);
  });

  it('is frozen to the last value', () => {
    for (const document of [...catalog.providers, ...catalog.models]) assertFrozen(document);
  });

  it('has a digest over its content', () => {
    const entries = loadCatalogSources().flatMap(parseCatalogSource);
    const files = loadListedTexts().map(({ provider, text }) => [provider, JSON.parse(text) as ListedFile]);
    assert.equal(catalog.digest, digestOf([entries.map((entry) => entry.document), files]));
  });

  for (const script of ['refresh-catalogue.ts', 'generate-catalog.ts', 'generate-provider-docs.ts']) {
    it(`is what ${script} writes`, () => {
      const run = spawnSync(process.execPath, [join(root, 'scripts', script), '--check'], { encoding: 'utf8' });
      assert.equal(run.status, 0, run.stderr);
    });
  }

  it('loads within 60 ms', () => {
    const durations = [1, 2, 3].map(() => {
      const startedMs = performance.now();
      loadCatalog();
      return performance.now() - startedMs;
    });
    assert.ok(Math.min(...durations) < 60, `took ${durations.map((ms) => ms.toFixed(1)).join(', ')} ms`);
  });
});

describe('a file of the catalogue', () => {
  it('that is broken YAML is named with the line', () => {
    const source = { path: 'catalog/providers/broken.yaml', text: 'apiVersion: signalbox/v1\nkind: [Model\n' };
    assert.throws(() => parseCatalogSource(source), /catalog\/providers\/broken\.yaml: .*line [23]/s);
  });

  it('that holds nothing is named', () => {
    assert.throws(
      () => parseCatalogSource({ path: 'catalog/providers/empty.yaml', text: '# nothing\n' }),
      /empty\.yaml/,
    );
  });
});

describe('names that clients use', () => {
  const names = [
    ['gpt-4', 'openai/gpt-4o'],
    ['gpt-4o', 'openai/gpt-4o'],
    ['gpt-4o-mini', 'openai/gpt-4o-mini'],
    ['gpt-3.5-turbo', 'openai/gpt-3.5-turbo'],
    ['text-embedding-3-small', 'openai/text-embedding-3-small'],
    ['claude-sonnet-4-5', 'anthropic/claude-sonnet-4-5'],
    ['claude-haiku-4-5-20251001', 'anthropic/claude-haiku-4-5'],
    ['gemini-2.5-flash', 'google/gemini-2.5-flash'],
    ['gemini-2.5-pro', 'google/gemini-2.5-pro'],
    ['mistral-large-latest', 'mistral/mistral-large-latest'],
    ['llama-3.3-70b-versatile', 'groq/llama-3.3-70b-versatile'],
    ['deepseek-chat', 'deepseek/deepseek-chat'],
    ['grok-4', 'xai/grok-4-0709'],
    ['qwen-plus', 'qwen/qwen-plus'],
    ['sonar', 'perplexity/sonar'],
  ] as const;
  for (const [alias, name] of names) {
    it(`${alias} is ${name}`, () => assert.ok(models.get(name)?.spec.aliases?.includes(alias)));
  }
});

describe('the prices', () => {
  it('name their source and the day they were read, in every row', () => {
    for (const { metadata, spec } of catalog.models) {
      assert.ok(spec.prices.length > 0, `${metadata.name} has no price`);
      for (const row of spec.prices) {
        assert.match(row.source, /\S/, metadata.name);
        assert.match(row.readAt, /^\d{4}-\d\d-\d\d$/, metadata.name);
      }
    }
  });

  it('rise in time, each day once', () => {
    for (const { metadata, spec } of catalog.models) {
      const days = spec.prices.map((row) => row.from);
      assert.deepEqual(days, [...new Set(days)].sort(), metadata.name);
    }
  });

  it('are whole micro-dollars per million tokens', () => {
    for (const model of catalog.models) {
      for (const amount of amounts(model)) assert.notEqual(parseMoney(`${amount} USD`), null, model.metadata.name);
    }
  });

  it('have an input and, where tokens come out, an output', () => {
    const silent = ['embeddings', 'moderation', 'images', 'rerank'];
    for (const { metadata, spec } of catalog.models) {
      const isSilent = spec.capabilities.some((capability) => silent.includes(capability));
      for (const row of spec.prices) {
        assert.ok(row.input !== undefined, metadata.name);
        assert.ok(isSilent || spec.maxOutput === 0 || row.output !== undefined, metadata.name);
      }
    }
  });

  it('of long prompts rise, and name what the row names of the commonest classes', () => {
    const tiered = catalog.models.flatMap(({ metadata, spec }) =>
      spec.prices.filter(({ tiers }) => tiers !== undefined).map((row) => ({ name: metadata.name, row })),
    );
    assert.ok(tiered.length > 20, `${tiered.length} rows have tiers`);
    for (const { name, row } of tiered) {
      const bounds = row.tiers?.map(({ aboveInputTokens }) => aboveInputTokens) ?? [];
      assert.deepEqual(
        bounds,
        [...new Set(bounds)].sort((a, b) => a - b),
        name,
      );
      for (const tier of row.tiers ?? []) {
        assert.ok(Number(tier.input) > Number(row.input), name);
        assert.ok(Number(tier.output) >= Number(row.output), name);
        for (const key of ['cacheRead', 'cacheWrite'] as const) {
          if (row[key] !== undefined) assert.ok(tier[key] !== undefined, `${name} ${key}`);
        }
      }
    }
  });

  it('charge Claude Sonnet 4.5 and GPT-4o as the shipped policy tests reckon', () => {
    const claude = models.get('anthropic/claude-sonnet-4-5')?.spec.prices[0];
    assert.deepEqual([claude?.input, claude?.output], ['3.00', '15.00']);
    const gpt = models.get('openai/gpt-4o')?.spec.prices[0];
    assert.deepEqual([gpt?.input, gpt?.cacheRead, gpt?.output], ['2.50', '1.25', '10.00']);
  });
});

describe('the limits', () => {
  it('leave an answer that fits the context window', () => {
    for (const { metadata, spec } of catalog.models) {
      if (spec.contextWindow === undefined || spec.maxOutput === undefined) continue;
      assert.ok(spec.maxOutput <= spec.contextWindow, metadata.name);
    }
  });

  it('are given for every model that takes a prompt', () => {
    for (const { metadata, spec } of catalog.models) {
      if (spec.capabilities.includes('images') || spec.capabilities.includes('moderation')) continue;
      assert.ok(spec.contextWindow !== undefined, metadata.name);
      assert.ok(spec.capabilities.includes('embeddings') || spec.maxOutput !== undefined, metadata.name);
    }
  });
});

describe('the sandbox', () => {
  it('has a model that can do everything the schema knows', () => {
    const schema = JSON.parse(readFileSync(join(root, 'schemas/model.schema.json'), 'utf8'));
    const all: readonly string[] = schema.properties.spec.properties.capabilities.items.enum;
    assert.deepEqual(models.get('sandbox/echo')?.spec.capabilities, all);
  });

  it('needs no key', () => {
    const sandbox = catalog.providers.find((provider) => provider.metadata.name === 'sandbox');
    assert.deepEqual(sandbox?.spec.auth, { kind: 'none' });
  });
});

function place(kind: string, name: string): { file: string; line: number } | undefined {
  const found = catalog.locate(kind, name);
  return found && { file: found.file, line: found.line };
}

function amounts({ spec }: ModelDocument): readonly string[] {
  return spec.prices.flatMap(({ from: _from, source: _source, readAt: _readAt, tiers = [], ...classes }) => [
    ...Object.values(classes),
    ...tiers.flatMap(({ aboveInputTokens: _above, ...dearer }) => Object.values(dearer)),
  ]);
}

function repeated(names: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  return names.filter((name) => seen.size === seen.add(name).size);
}

function assertFrozen(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  assert.ok(Object.isFrozen(value));
  for (const field of Object.values(value)) assertFrozen(field);
}
