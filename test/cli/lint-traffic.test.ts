import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { answerBy, recordOf } from '../replay/replay-fixture.ts';
import { runVerb } from '../support/run-verb.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

const head = (kind: string, name: string, spec: string) =>
  `apiVersion: signalbox/v1\nkind: ${kind}\nmetadata: { name: ${name}, owner: o, description: d }\nspec: ${spec}\n`;
const chain =
  '{ defaults: { timeouts: { firstToken: 5s, total: 9s } }, targets: [{ id: gpt, model: openai/gpt-4o }, { id: claude, model: anthropic/claude-sonnet-4-5 }] }';
const budget = (limit: string) =>
  `{ limit: { cost: "${limit} USD" }, window: { every: day, timezone: UTC }, onExhausted: warn }`;
const alert = (above: string, over: string) =>
  `{ when: { metric: error-rate, above: ${above}, over: ${over}, minRequests: 1 }, to: [ops] }`;
const START_MS = Date.UTC(2026, 10, 10);

/** Ten days, twenty requests a day at 0.50 USD each; every second one fails. */
const records = Array.from({ length: 200 }, (_, at) =>
  recordOf(`r${at}`, {
    atMs: START_MS + at * 4_320_000,
    outcome: {
      status: at % 2 === 0 ? 200 : 502,
      code: null,
      target: 'main/gpt',
      provider: 'openai',
      model: 'openai/gpt-4o',
      fallback: null,
      degraded: false,
      cache: 'miss',
      streamed: false,
      finish: 'stop',
      complete: true,
      usage: answerBy('openai/gpt-4o').usage ?? null,
      estimated: false,
      costMicroUsd: 500_000,
      costSource: null,
      durationMs: 100,
      firstTokenMs: null,
      overheadMs: 1,
    },
  }),
);

const files = {
  'policies/chain.yaml': head('Chain', 'main', chain),
  'policies/default.yaml': head(
    'Route',
    'default',
    '{ match: {}, chain: main, cache: short, limits: { maxInputTokens: 5000, maxOutputTokens: 500 } }',
  ),
  'policies/forgotten.yaml': head(
    'Route',
    'forgotten',
    '{ match: { paths: [/gone] }, chain: main, limits: { maxInputTokens: 5000, maxOutputTokens: 500 } }',
  ),
  'policies/cache.yaml': head('Cache', 'short', '{ mode: exact, ttl: 1m }'),
  'policies/app.yaml': head('Consumer', 'app', '{ allow: { models: ["openai/*", "anthropic/*"] } }'),
  'policies/wide.yaml': head('Budget', 'wide', budget('101')),
  'policies/fitting.yaml': head('Budget', 'fitting', budget('50')),
  'policies/tight.yaml': head('Budget', 'tight', budget('9')),
  'policies/ops.yaml': head('Receiver', 'ops', '{ email: { to: [ops@example.com] } }'),
  'policies/noisy.yaml': head('Alert', 'noisy', alert('40%', '72m')),
  'policies/quiet.yaml': head('Alert', 'quiet', alert('60%', '1d')),
  'week.ndjson': `${records.map((record) => JSON.stringify(record)).join('\n')}\n`,
};

describe('lint --traffic', () => {
  it('tells what a recording shows, and nothing of it without one', async (t) => {
    const cwd = makeTempDirectory(t, files);
    const findingsWith = async (...args: string[]): Promise<readonly string[]> => {
      const run = await runVerb(t, ['lint', '--format', 'json', ...args], { cwd });
      const { findings } = JSON.parse(run.stdout);
      return findings
        .map(({ rule, file }: { readonly rule: string; readonly file: string }) => `${rule} ${file}`)
        .filter((text: string) => !text.startsWith('runtime/'));
    };
    const before = await findingsWith();
    const shown = (await findingsWith('--traffic', 'week.ndjson')).filter((text) => !before.includes(text));
    assert.deepEqual(shown, [
      'cache/ttl-too-short cache.yaml',
      'route/unused forgotten.yaml',
      'alert/flapping noisy.yaml',
      'alert/never-fired quiet.yaml',
      'budget/too-tight tight.yaml',
      'budget/unreachable wide.yaml',
    ]);
  });

  it('counts alerts as `alerts backtest` does, whatever they watch and however the records lie in the files', async (t) => {
    const half = (rest: number) =>
      `${records
        .filter((_, at) => at % 2 === rest)
        .reverse()
        .map((record) => JSON.stringify(record))
        .join('\n')}\n`;
    const when = (text: string, scope = '') => `{ when: { ${text} }, ${scope}to: [ops] }`;
    const watching = {
      'error-rate': 'metric: error-rate, above: 40%, over: 72m, minRequests: 1',
      fallbacks: 'metric: fallback-share, above: 1%, over: 72m, minRequests: 1',
      slow: 'metric: latency, above: 99ms, over: 72m, minRequests: 1',
      spending: 'metric: cost, above: 0.40 USD, over: 30m',
    };
    const cwd = makeTempDirectory(t, {
      ...files,
      ...Object.fromEntries(
        Object.entries(watching).map(([name, text]) => [`policies/${name}.yaml`, head('Alert', name, when(text))]),
      ),
      'policies/elsewhere.yaml': head('Alert', 'elsewhere', when(watching.slow, 'scope: { routes: [forgotten] }, ')),
      'policies/first.yaml': head('Alert', 'first', when('metric: first-token, above: 1s, over: 5m, minRequests: 1')),
      'policies/anomaly.yaml': head('Alert', 'anomaly', when('metric: spend-anomaly, factor: 3, over: 1h')),
      'a.ndjson': half(0),
      'b.ndjson': half(1),
    });
    const recordings = ['--traffic', 'a.ndjson', '--traffic', 'b.ndjson', '--env', 'production', '--format', 'json'];
    const back = JSON.parse((await runVerb(t, ['alerts', 'backtest', ...recordings], { cwd })).stdout);
    const lint = JSON.parse((await runVerb(t, ['lint', ...recordings], { cwd })).stdout);
    const fired: readonly (readonly [string, number])[] = back.alerts.map(
      ({ alert, fired }: { readonly alert: string; readonly fired: number }) => [alert, fired],
    );
    const told = lint.findings.flatMap(({ rule, message }: { readonly rule: string; readonly message: string }) =>
      rule.startsWith('alert/never') || rule === 'alert/flapping' ? [message] : [],
    );
    // No record tells of a first token, and ten days say nothing of what a week usually costs.
    const known = fired.filter(([alert]) => !['first', 'anomaly'].includes(alert));
    assert.deepEqual(
      told.toSorted(),
      known
        .flatMap(([alert, times]) =>
          times === 0
            ? [`alert \`${alert}\` would not have fired in 10 recorded days`]
            : times > 50
              ? [`alert \`${alert}\` would have fired ${times} times in 10 recorded days`]
              : [],
        )
        .toSorted(),
    );
    assert.deepEqual(Object.fromEntries(known), {
      ...{ 'error-rate': 100, noisy: 100, slow: 1, spending: 200, elsewhere: 0, fallbacks: 0, quiet: 0 },
    });
  });

  it('ends with 2 for a recording that is none', async (t) => {
    const cwd = makeTempDirectory(t, { ...files, 'week.ndjson': '' });
    const run = await runVerb(t, ['lint', '--traffic', 'week.ndjson'], { cwd });
    assert.deepEqual([run.code, run.stdout], [2, '']);
    assert.match(run.stderr, /holds? no record/);
  });

  it('counts tokens of every class, sound and those kept for an hour among them', async (t) => {
    const usage = { input: 10, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 600, output: 0, reasoning: 0 };
    const lines = records.map((record) =>
      JSON.stringify({
        ...record,
        outcome: { ...record.outcome, usage: { ...usage, audioInput: 300, audioOutput: 90 } },
      }),
    );
    const tokens = '{ limit: { tokens: 19000 }, window: { every: day, timezone: UTC }, onExhausted: warn }';
    const cwd = makeTempDirectory(t, {
      ...files,
      'policies/tokens.yaml': head('Budget', 'tokens', tokens),
      'week.ndjson': `${lines.join('\n')}\n`,
    });
    const run = await runVerb(t, ['lint', '--format', 'json', '--traffic', 'week.ndjson'], { cwd });
    const { findings } = JSON.parse(run.stdout) as { findings: readonly { rule: string; file: string }[] };
    // Twenty requests of a thousand tokens a day.
    const own = findings.filter(({ file, rule }) => file === 'tokens.yaml' && rule.startsWith('budget/'));
    assert.ok(
      own.some(({ rule }) => rule === 'budget/too-tight'),
      JSON.stringify(own),
    );
  });
});
