import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { stringify as tomlText } from 'smol-toml';
import { stringify } from 'yaml';
import { loadCatalog } from '#catalog';
import { CONFIG_KINDS, type ConfigKind, importConfig } from '#importers';

const catalog = loadCatalog();
const kinds = Object.keys(CONFIG_KINDS) as ConfigKind[];
const nowMs = Date.parse('2026-11-25T00:00:00Z');

/** Words of all systems, so that importers are led deep into values that fit nothing. */
const words = [
  ...[
    'targets',
    'strategy',
    'mode',
    'provider',
    'virtual_key',
    'override_params',
    'model',
    'weight',
    'retry',
    'attempts',
    'conditions',
    'query',
    'then',
  ],
  ...[
    'model_list',
    'model_name',
    'litellm_params',
    'api_base',
    'api_key',
    'router_settings',
    'fallbacks',
    'litellm_settings',
    'cache',
    'cache_params',
    'ttl',
  ],
  ...[
    'guardrails',
    'guardrail',
    'elements',
    'outputs',
    'elementId',
    'properties',
    'id',
    'type',
    'endpoint',
    'config',
    'name',
    'kind',
    'apiVersion',
    'spec',
    'metadata',
  ],
  ...[
    'rules',
    'matches',
    'headers',
    'backendRefs',
    'schema',
    'backendRef',
    'endpoints',
    'data',
    'defaultConfig',
    'matchRules',
    'modelMapping',
    'apiTokens',
  ],
  ...[
    'models',
    'providers',
    'routing',
    'functions',
    'variants',
    'rate_limiting',
    'scope',
    'cost',
    'llm',
    'virtualModels',
    'binds',
    'listeners',
    'routes',
    'backends',
    'ai',
    'policies',
  ],
  ...[
    'routers',
    'load-balance',
    'chat',
    'retries',
    'rate-limit',
    'per-api-key',
    'capacity',
    'refill-frequency',
    '__proto__',
    'constructor',
    '*',
    '',
  ],
];
const scalars = fc.oneof(
  fc.constantFrom(
    'fallback',
    'loadbalance',
    'conditional',
    'openai',
    'azure',
    '@openai-prod',
    'gpt-4o',
    'openai/gpt-4o',
    'anthropic::claude-sonnet-4-5',
    'os.environ/KEY',
    '$KEY',
  ),
  fc.constantFrom(
    'AIGatewayRoute',
    'AIServiceBackend',
    'WasmPlugin',
    'AgentgatewayModel',
    'chat_completion',
    'start',
    'model',
    'percentage',
    'rate',
    'https://u:p@h/v1?k=1',
    '*',
  ),
  fc.string({ maxLength: 12 }),
  fc.integer(),
  fc.double({ noNaN: true }),
  fc.boolean(),
  fc.constant(null),
);
const values = fc.letrec((tie) => ({
  any: fc.oneof({ depthSize: 'medium', withCrossShrink: true }, scalars, tie('list'), tie('map')),
  list: fc.array(tie('any'), { maxLength: 3 }),
  map: fc.dictionary(fc.constantFrom(...words), tie('any'), { maxKeys: 5 }),
}));

function run(text: string, file: string, kind: ConfigKind | null) {
  return importConfig({ text, file, kind, project: 'shop', owner: 'platform', nowMs, catalog });
}

/** Whatever comes in, what comes out is a tree without errors, or a reason. */
function assertSound(text: string, file: string, kind: ConfigKind | null): void {
  const result = run(text, file, kind);
  if (result.kind !== 'imported') return;
  assert.deepEqual(
    result.findings.filter(({ severity }) => severity === 'error'),
    [],
    text,
  );
}

describe('any text', () => {
  it('never makes an importer throw, and never makes policies with errors', () => {
    const input = fc.tuple(values.map, fc.constantFrom(...kinds), fc.constantFrom('json', 'yaml'));
    fc.assert(
      fc.property(input, ([value, kind, form]) => {
        assertSound(form === 'json' ? JSON.stringify(value) : stringify(value), `config.${form}`, kind);
      }),
      { numRuns: 80 },
    );
  });

  it('holds for TOML, for lists, and for text that is nothing', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...words), fc.oneof(fc.string(), fc.integer(), fc.array(fc.string())), {
          maxKeys: 4,
        }),
        (value) => {
          assertSound(tomlText(value), 'config.toml', 'tensorzero');
        },
      ),
      { numRuns: 25 },
    );
    fc.assert(
      fc.property(fc.array(values.map, { maxLength: 3 }), fc.constantFrom(...kinds), (list, kind) =>
        assertSound(JSON.stringify(list), 'config.json', kind),
      ),
      { numRuns: 25 },
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.constantFrom(null, ...kinds), (text, kind) =>
        assertSound(text, 'config', kind),
      ),
      { numRuns: 40 },
    );
  });

  it('of great depth or with very many aliases is refused, not suffered', () => {
    for (const text of [
      `${'['.repeat(20_000)}`,
      `${'['.repeat(5000)}1${']'.repeat(5000)}`,
      'a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n',
    ]) {
      for (const kind of kinds) run(text, 'config.yaml', kind);
    }
    const bomb = `a0: &a0 [x, x, x, x, x, x, x, x, x]\n${Array.from({ length: 9 }, (_, at) => `a${at + 1}: &a${at + 1} [${Array(9).fill(`*a${at}`).join(', ')}]`).join('\n')}\n`;
    assert.equal(run(bomb, 'config.yaml', 'litellm').kind, 'unreadable');
  });
});
