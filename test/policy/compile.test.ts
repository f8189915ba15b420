import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { decimalToMicroUsd, toInstant } from '../../src/policy/compile-quantities.ts';
import { listEnvironments, parsePolicies } from '../../src/policy/index.ts';
import { compileInline, compileInlineSnapshot, findingLines, inlineSources } from '../support/compile-inline.ts';

const PROJECT = `kind: Project
metadata: { name: example }
spec:
  timezone: Asia/Tokyo
  defaults: { timeouts: { connect: 2s, total: 60s }, retry: { max: 2, on: [rate-limit] } }
`;

describe('a target', () => {
  const { chains } = compileInlineSnapshot(`${PROJECT}---
kind: Chain
metadata: { name: full }
spec:
  defaults:
    timeouts: { firstToken: 10s, total: 45s }
    retry: { max: 5, initial: 100ms }
    breaker: { failures: 3 }
  targets:
    - { id: gpt, model: openai/gpt-4o, params: { temperature: 0.7 } }
    - { id: azure, provider: azure-openai, timeouts: { total: 30s }, retry: { max: 0 } }
    - { id: cheap, chain: plain, breaker: { openFor: 1m } }
---
kind: Chain
metadata: { name: plain }
spec: { targets: [{ id: mini, model: openai/gpt-4o-mini }] }
`);

  it('takes each field from itself, else from its chain, else from the project', () => {
    const [gpt, azure, cheap] = chains.get('full')?.targets ?? [];
    assert.deepEqual(gpt?.timeouts, { connectMs: 2000, firstTokenMs: 10_000, idleMs: null, totalMs: 45_000 });
    assert.deepEqual(azure?.timeouts, { connectMs: 2000, firstTokenMs: 10_000, idleMs: null, totalMs: 30_000 });
    assert.deepEqual([gpt?.retry.max, azure?.retry.max], [5, 0]);
    assert.deepEqual([gpt?.retry.on, gpt?.retry.initialMs, gpt?.retry.capMs], [['rate-limit'], 100, 5000]);
    assert.deepEqual(cheap?.breaker, { failures: 3, withinMs: 30_000, openForMs: 60_000 });
    assert.deepEqual(
      [gpt?.use, azure?.use, cheap?.use],
      [
        { kind: 'model', model: 'openai/gpt-4o' },
        { kind: 'provider', provider: 'azure-openai' },
        { kind: 'chain', chain: 'plain' },
      ],
    );
    assert.deepEqual(gpt?.params, { temperature: 0.7 });
  });

  it('has no breaker that nobody asked for, and no timeout that nobody gave', () => {
    const [mini] = chains.get('plain')?.targets ?? [];
    assert.equal(mini?.breaker, null);
    assert.deepEqual(mini?.timeouts, { connectMs: 2000, firstTokenMs: null, idleMs: null, totalMs: 60_000 });
    assert.equal(mini?.retry.max, 2);
  });
});

describe('a route', () => {
  const route = (match: string, rest = ''): string =>
    `kind: Route\nmetadata: { name: r }\nspec:\n  match: ${match}\n${rest}`;
  const vectors: readonly (readonly [match: string, specificity: readonly number[]])[] = [
    ['{}', [0, 0, 0, 0]],
    ['{ paths: [/a] }', [1, 1, 0, 0]],
    ['{ paths: [/a, /b, /c] }', [1, 1, 0, 0]],
    ['{ paths: ["/a*"] }', [1, 0, 2, 0]],
    ['{ paths: [/a, "/abc*"] }', [1, 0, 4, 0]],
    ['{ models: ["gpt-4*", "support/*"] }', [1, 0, 8, 0]],
    ['{ models: ["*"] }', [1, 0, 0, 0]],
    ['{ endpoints: [chat] }', [1, 1, 0, 0]],
    ['{ metadata: { topic: [a], user: ["x*"] }, headers: { x-region: [eu] } }', [3, 2, 1, 0]],
    ['{ labels: { team: [product] }, when: request.stream }', [2, 1, 0, 0]],
  ];
  for (const [match, specificity] of vectors) {
    it(`with match ${match} is as specific as [${specificity.join(', ')}]`, () => {
      assert.deepEqual(compileInlineSnapshot(route(match)).routes.get('r')?.specificity, specificity);
    });
  }

  it('has quantities instead of texts, and defaults where nothing is said', () => {
    const snapshot = compileInlineSnapshot(
      route(
        '{ headers: { X-Region: [eu] } }',
        `  priority: 7
  limits: { maxRequestCost: "0.05 USD", bodySize: 1MiB }
  dataPolicy: { maxRetention: 30d }
`,
      ),
    );
    const compiled = snapshot.routes.get('r');
    assert.equal(compiled?.match.headers[0]?.key, 'x-region');
    assert.deepEqual(compiled?.limits, {
      maxInputTokens: null,
      maxOutputTokens: null,
      maxRequestCostMicroUsd: 50_000,
      bodyBytes: 1_048_576,
    });
    assert.deepEqual(compiled?.dataPolicy, { trainsOnData: null, maxRetentionMs: 2_592_000_000 });
    assert.deepEqual(
      [compiled?.dialect, compiled?.unsupportedParams, compiled?.chain, compiled?.deny, compiled?.specificity[3]],
      ['openai-chat', 'reject', null, null, 7],
    );
  });
});

describe('a budget', () => {
  const budget = (spec: string): string => `${PROJECT}---\nkind: Budget\nmetadata: { name: b }\nspec:\n${spec}\n`;
  it('has the time zone of its window, else of the project, else UTC', () => {
    const limit = '  limit: { cost: "1000 USD" }\n';
    const calendar = (text: string): unknown => compileInlineSnapshot(text).budgets.get('b')?.window;
    assert.deepEqual(calendar(budget(`${limit}  window: { every: month }`)), {
      kind: 'calendar',
      every: 'month',
      timezone: 'Asia/Tokyo',
    });
    assert.deepEqual(calendar(budget(`${limit}  window: { every: day, timezone: Europe/Berlin }`)), {
      kind: 'calendar',
      every: 'day',
      timezone: 'Europe/Berlin',
    });
    assert.deepEqual(calendar(budget(`${limit}  window: { rolling: 60s }`)), { kind: 'rolling', ms: 60_000 });
    const alone = budget(`${limit}  window: { every: day }`).slice(PROJECT.length + 4);
    assert.deepEqual(calendar(alone), { kind: 'calendar', every: 'day', timezone: 'UTC' });
  });

  it('has one unit, rising alerts and no silent action', () => {
    const { budgets } = compileInlineSnapshot(
      budget('  limit: { tokens: 100000 }\n  window: { every: day }\n  alertAt: [100%, 80%]'),
    );
    const compiled = budgets.get('b');
    assert.deepEqual([compiled?.unit, compiled?.limit, compiled?.alertAt], ['tokens', 100_000, [0.8, 1]]);
    assert.equal(compiled?.onExhausted, null);
    assert.deepEqual([compiled?.failMode, compiled?.unpriced, compiled?.leaseMs], ['closed', 'hold', 120_000]);
  });
});

describe('a consumer', () => {
  const { consumers, keys } = compileInlineSnapshot(`kind: Consumer
metadata: { name: c, labels: { team: product } }
spec:
  keys: [{ id: k1, sha256: "${'ab'.repeat(32)}", createdAt: 2026-10-01, expiresAt: 2027-01-01 }]
  allow: { models: ["anthropic/*"], endpoints: [] }
  signing: { secret: { file: /run/secrets/c } }
`);

  it('tells an empty list from an absent one', () => {
    const compiled = consumers.get('c');
    assert.deepEqual(compiled?.allow.endpoints, []);
    assert.equal(compiled?.allow.routes, null);
    assert.deepEqual(compiled?.labels, { team: 'product' });
    assert.deepEqual(compiled?.signing, {
      secret: { id: 'file:/run/secrets/c', source: 'file', name: '/run/secrets/c', optional: false },
      windowMs: 300_000,
    });
  });

  it('has keys that end at midnight UTC', () => {
    assert.deepEqual(keys.get('ab'.repeat(32)), {
      consumer: 'c',
      id: 'k1',
      createdAtMs: Date.UTC(2026, 9, 1),
      expiresAtMs: Date.UTC(2027, 0, 1),
    });
  });
});

describe('a provider document', () => {
  it('has the role of instructions of its host, which a document may change', () => {
    const { providers } = compileInlineSnapshot(`${PROJECT}---
kind: Provider
metadata: { name: xai }
spec: { quirks: { systemRole: developer } }
`);
    const roles = ['groq', 'openai', 'xai'].map((name) => providers.get(name)?.quirks.systemRole);
    assert.deepEqual(roles, ['system', null, 'developer']);
    assert.deepEqual(providers.get('groq')?.quirks.other, {});
  });

  const stores = '{ vault: { kind: vault, url: "https://vault.test", auth: { kind: token, secret: { env: T } } } }';
  const compileAll = (spec: string) =>
    compileInlineSnapshot(
      `kind: Project\nmetadata: { name: p }\nspec: { secretStores: ${stores} }\n---\nkind: Provider\nmetadata: { name: anthropic }\nspec: ${spec}\n`,
    );
  const compile = (spec: string) => compileAll(spec).providers.get('anthropic');

  it('overrides the built-in one field by field', () => {
    const provider = compile(
      '{ baseUrl: "https://proxy.example.com/v1/", headers: { X-Team: { env: TEAM, optional: true } } }',
    );
    assert.equal(provider?.baseUrl, 'https://proxy.example.com/v1');
    assert.equal(provider?.dialect, 'anthropic-messages');
    assert.deepEqual(
      provider?.auth.secrets.map(({ id }) => id),
      ['env:ANTHROPIC_API_KEY'],
    );
    assert.deepEqual(provider?.headers, [
      { name: 'anthropic-version', value: '2023-06-01' },
      { name: 'x-team', value: { id: 'env:TEAM', source: 'env', name: 'TEAM', optional: true } },
    ]);
  });

  it('replaces a secret reference whole', () => {
    assert.deepEqual(
      compile('{ auth: { kind: header, name: x-api-key, secret: { store: vault, key: claude } } }')?.auth.secrets,
      [{ id: 'store:vault/claude', source: 'store', name: 'vault/claude', optional: false }],
    );
  });

  it('lists every secret of a store that a document refers to, once, by what is needed most', () => {
    const key = (optional: boolean) => `{ store: vault, key: "llm#key", optional: ${optional}, createdAt: 2026-11-01 }`;
    const { storedSecrets, project } = compileAll(
      `{ auth: { kind: bearer, secret: ${key(true)} }, headers: { x-a: ${key(false)}, x-b: { store: vault, key: b, optional: true } } }`,
    );
    assert.deepEqual(
      storedSecrets.map(({ id, optional }) => [id, optional]),
      [
        ['store:vault/llm#key', false],
        ['store:vault/b', true],
      ],
    );
    const vault = project.secretStores.get('vault');
    assert.deepEqual([vault?.mount, vault?.refreshMs, vault?.timeoutMs], ['secret', 300_000, 5000]);
  });

  it('replaces the whole auth by one of another kind, and a secret by a pool', () => {
    assert.deepEqual(compile('{ auth: { kind: none } }')?.auth, { kind: 'none', header: null, secrets: [] });
    const pool = compile('{ auth: { kind: header, name: x-api-key, secrets: [{ env: A }, { env: B }] } }');
    assert.deepEqual(
      pool?.auth.secrets.map(({ id }) => id),
      ['env:A', 'env:B'],
    );
  });
});

describe('a model document', () => {
  it('replaces prices and aliases, and keeps the rest of the built-in one', () => {
    const { models, aliases } = compileInlineSnapshot(`kind: Model
metadata: { name: openai/gpt-4o }
spec:
  aliases: [house-model]
  prices:
    - { from: 2026-06-01, input: "3", output: "12.5" }
    - { from: 2026-01-01, input: "0.0000015" }
`);
    const model = models.get('openai/gpt-4o');
    assert.deepEqual([model?.provider, model?.tier], ['openai', 3]);
    assert.deepEqual([aliases.get('house-model'), aliases.get('gpt-4')], ['openai/gpt-4o', undefined]);
    assert.deepEqual(
      model?.prices.map(({ fromMs }) => fromMs),
      [Date.UTC(2026, 0, 1), Date.UTC(2026, 5, 1)],
    );
    assert.deepEqual(
      [model?.prices[1]?.perMillion.input, model?.prices[1]?.perMillion.output, model?.prices[1]?.perMillion.cacheRead],
      [3_000_000, 12_500_000, null],
    );
    assert.equal(model?.prices[0]?.perMillion.input, 2);
  });

  it('has whole price tiers, rising, with what they do not name taken from the row', () => {
    const { models } = compileInlineSnapshot(`kind: Model
metadata: { name: openai/gpt-4o }
spec:
  prices:
    - from: 2026-01-01
      input: "1"
      cacheRead: "0.1"
      output: "4"
      tiers:
        - { aboveInputTokens: 128000, input: "3", output: "9" }
        - { aboveInputTokens: 32000, input: "2", cacheRead: "0" }
`);
    const tiers = models.get('openai/gpt-4o')?.prices[0]?.tiers ?? [];
    assert.deepEqual(
      tiers.map(({ aboveInputTokens, perMillion: { input, cacheRead, cacheWrite, output } }) => [
        aboveInputTokens,
        [input, cacheRead, cacheWrite, output],
      ]),
      [
        [32_000, [2_000_000, 0, null, 4_000_000]],
        [128_000, [3_000_000, 100_000, null, 9_000_000]],
      ],
    );
    assert.deepEqual(models.get('openai/gpt-4o-mini')?.prices[0]?.tiers, []);
  });

  it('is refused with a tier that has no bound, or one that every request exceeds', () => {
    const findings = (tier: string) =>
      findingLines(
        compileInline(`kind: Model
metadata: { name: openai/gpt-4o }
spec:
  prices:
    - from: 2026-01-01
      tiers: [${tier}]
`),
      );
    assert.equal(findings('{ input: "1" }').length, 1);
    assert.equal(findings('{ aboveInputTokens: 0, input: "1" }').length, 1);
  });
});

it('a cache of which only the mode is said gets the defaults that its schema names', () => {
  const schema = JSON.parse(readFileSync(join(import.meta.dirname, '../../schemas/cache.schema.json'), 'utf8'));
  const named = Object.entries<{ readonly default?: unknown }>(schema.properties.spec.properties).flatMap(
    ([field, { default: value }]) => (value === undefined ? [] : [`${field}: ${JSON.stringify(value)}`]),
  );
  assert.ok(named.includes('ttl: "1h"'), named.join());
  const cacheOf = (fields: readonly string[]) =>
    compileInlineSnapshot(`kind: Cache
metadata: { name: example }
spec: { ${['mode: exact', ...fields].join(', ')} }
`).caches.get('example');
  assert.deepEqual(cacheOf([]), cacheOf(named));
});

describe('quantities', () => {
  const prices: readonly (readonly [text: string, micro: number])[] = [
    ['2.50', 2_500_000],
    ['10', 10_000_000],
    ['0.075', 75_000],
    ['0.1', 100_000],
    ['0.000001', 1],
    ['0.0000005', 1],
    ['0.0000004', 0],
    ['9007199254.740991', Number.MAX_SAFE_INTEGER],
  ];
  for (const [text, micro] of prices) {
    it(`${text} USD is ${micro} micro-USD`, () => {
      assert.equal(decimalToMicroUsd(text), micro);
    });
  }

  it('a bare date is midnight UTC, an instant is itself', () => {
    assert.equal(toInstant('2027-01-01'), Date.UTC(2027, 0, 1));
    assert.equal(toInstant('2026-11-23T09:00:00+09:00'), Date.UTC(2026, 10, 23));
  });
});

describe('the snapshot', () => {
  const text = `${PROJECT}---
kind: Alert
metadata: { name: a, owner: platform }
spec: { when: { metric: error-rate, above: 5% }, to: [ops] }
---
kind: Receiver
metadata: { name: ops }
spec: { email: { to: [ops@example.com] } }
---
kind: Test
metadata: { name: t }
spec: { environment: development, cases: [{ name: c, request: { endpoint: chat }, expect: { status: 200 } }] }
---
kind: Route
metadata: { name: r }
spec:
  match:
    models: ["gpt-*"]
    metadata: { topic: [a] }
`;
  const snapshot = compileInlineSnapshot(text);

  it('carries the documents whose run time reads them as written, and no tests', () => {
    assert.deepEqual(
      snapshot.carried.map(({ kind, name }) => `${kind}/${name}`),
      ['Alert/a', 'Receiver/ops'],
    );
    assert.deepEqual(snapshot.carried[0]?.spec, { when: { metric: 'error-rate', above: '5%' }, to: ['ops'] });
  });

  it('knows where every document and field was written', () => {
    const origin = snapshot.origins.get('Route/r');
    assert.deepEqual([origin?.file, origin?.line, origin?.from], ['inline.yaml', 23, 'file']);
    assert.equal(origin?.fields.get('match.models')?.line, 27);
    assert.equal(origin?.fields.get('match.metadata.topic')?.line, 28);
    const builtIn = snapshot.origins.get('Provider/openai');
    assert.deepEqual([builtIn?.file, builtIn?.from], ['catalog/providers/openai.yaml', 'catalogue']);
  });

  it('cannot be changed anywhere', () => {
    const frozen = /never changes|read only|not extensible|Cannot/;
    const open = snapshot as unknown as Record<string, never>;
    assert.throws(() => Object.assign(open, { digest: 'x' }), frozen);
    assert.throws(() => (snapshot.routes as Map<string, unknown>).set('x', {}), frozen);
    assert.throws(() => (snapshot.models as Map<string, unknown>).delete('openai/gpt-4o'), frozen);
    const capabilities = snapshot.models.get('openai/gpt-4o')?.capabilities as Set<string>;
    assert.throws(() => capabilities.add('rerank'), frozen);
    assert.throws(() => Object.assign(snapshot.carried[0]?.spec ?? {}, { to: [] }), frozen);
    assert.throws(() => Object.assign(snapshot.routes.get('r')?.match.models ?? [], { 0: 1 }), frozen);
  });

  it('is null with any error, and every error is told', () => {
    const compiled = compileInline(
      `${text}---\nkind: Route\nmetadata: { name: b }\nspec: { match: { when: nope }, chain: nope, cache: nope }\n`,
    );
    assert.equal(compiled.snapshot, null);
    assert.deepEqual(
      findingLines(compiled).map((line) => line.split(' ')[1]),
      ['cel/type-error', 'ref/unresolved', 'ref/unresolved'],
    );
  });
});

describe('environments', () => {
  it('are listed in order, and are one where none is named', () => {
    const environment = (name: string): string => `kind: Environment\nmetadata: { name: ${name} }\n`;
    const parse = (text: string) => parsePolicies(inlineSources({ 'x.yaml': text }));
    assert.deepEqual(listEnvironments(parse(`${environment('staging')}---\n${environment('production')}`)), [
      'production',
      'staging',
    ]);
    assert.deepEqual(listEnvironments(parse('kind: Project\nmetadata: { name: p }\n')), ['development']);
  });

  it('do not extend one another', () => {
    const override = (name: string, deadline: string): string =>
      `kind: Environment\nmetadata: { name: ${name} }\nspec: { overrides: [{ target: Chain/c, path: deadline, set: ${deadline} }] }\n`;
    const text = `kind: Chain\nmetadata: { name: c }\nspec: { deadline: 1s, targets: [{ id: a, model: openai/gpt-4o }] }\n---\n${override('staging', '2s')}---\n${override('production', '3s')}`;
    for (const [environment, deadlineMs] of [
      ['staging', 2000],
      ['production', 3000],
    ] as const) {
      assert.equal(compileInlineSnapshot(text, { environment }).chains.get('c')?.deadlineMs, deadlineMs);
    }
  });
});
