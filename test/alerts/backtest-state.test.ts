import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runVerb } from '../support/run-verb.ts';
import { type Cleanup, makeTempDirectory } from '../support/temp-directory.ts';

const HEAD = (kind: string, name: string) => `apiVersion: signalbox/v1\nkind: ${kind}\nmetadata: { name: ${name} }\n`;
const BUDGET = (name: string, spec: string) => `${HEAD('Budget', name)}spec: { ${spec}, onExhausted: deny }`;
const ALERT = (name: string, when: string) => `${HEAD('Alert', name)}spec: { when: { ${when} }, to: [ops] }`;
const DAY = 'window: { every: day, timezone: UTC }';
const TREE = [
  `${HEAD('Project', 'test')}spec: { timezone: UTC }`,
  `${HEAD('Receiver', 'ops')}spec: { email: { to: [ops@example.com] } }`,
  `${HEAD('Consumer', 'company')}spec: { keys: [] }`,
  `${HEAD('Consumer', 'web')}spec: { parent: company, keys: [{ id: k1, sha256: "${'a'.repeat(64)}", createdAt: 2026-08-05, expiresAt: 2027-08-05 }] }`,
  `${HEAD('Chain', 'premium')}spec: { targets: [{ id: gpt, model: openai/gpt-4o, breaker: { failures: 3, within: 1m, openFor: 2m } }, { id: claude, model: anthropic/claude-sonnet-4-5 }] }`,
  `${HEAD('Route', 'default')}spec: { match: {}, chain: premium }`,
  BUDGET('web-day', `scope: { consumers: [web] }, limit: { cost: "10 USD" }, ${DAY}`),
  BUDGET('company-day', `scope: { consumers: [company] }, limit: { cost: "20 USD" }, ${DAY}`),
  BUDGET('user-tokens', `per: [metadata.user], limit: { tokens: 100000 }, ${DAY}`),
  BUDGET('claude-day', `scope: { models: ["anthropic/*"] }, limit: { cost: "1 USD" }, ${DAY}`),
  BUDGET('rolling', 'scope: { consumers: [web] }, limit: { requests: 1000 }, window: { rolling: 10m }'),
  BUDGET('week', 'scope: { consumers: [web] }, limit: { cost: "30 USD" }, window: { every: week, timezone: UTC }'),
  ALERT('web-80', 'metric: budget-used, budget: web-day, above: 80%'),
  ALERT('company-80', 'metric: budget-used, budget: company-day, above: 80%'),
  ALERT('user-90', 'metric: budget-used, budget: user-tokens, above: 90%'),
  ALERT('claude-50', 'metric: budget-used, budget: claude-day, above: 50%'),
  ALERT('rolling-50', 'metric: budget-used, budget: rolling, above: 50%'),
  ALERT('week-ends', 'metric: forecast, budget: week, within: 1d'),
  ALERT('breaker', 'metric: breaker-open, for: 10s'),
  ALERT('old-key', 'metric: key-age, above: 90d'),
  ALERT('refused', 'metric: policy-rejected'),
].join('\n---\n');

const START_MS = Date.UTC(2026, 10, 3);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

interface Told {
  readonly alert: string;
  readonly fired: number;
  readonly isTested: boolean;
  readonly incidents: readonly { firedAt: string; endedAt: string | null; fact: string }[];
}

/** One recorded request; cost in micro-USD. */
function line(atMs: number, more: { cost?: number; consumer?: string; user?: string; facts?: object; over?: object }) {
  const { cost = 1000, consumer = 'web', user = 'u1', facts, over = {} } = more;
  const usage = { input: 900, output: 100 };
  const all = { ...usage, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, reasoning: 0, audioInput: 0, audioOutput: 0 };
  const call = { target: 'premium/gpt', provider: 'openai', model: 'openai/gpt-4o', outcome: 'ok', startedMs: 1 };
  return JSON.stringify({
    v: 1,
    id: `r${atMs}${consumer}${user}`,
    at: new Date(atMs).toISOString(),
    request: { endpoint: 'chat', consumer, metadata: { user } },
    ...(facts === undefined ? {} : { facts }),
    decision: { allowed: true, route: 'default' },
    attempts: [{ ...call, durationMs: 500, usage: all, costMicroUsd: cost }],
    outcome: { status: 200, durationMs: 501, usage: all, costMicroUsd: cost },
    ...over,
  });
}

async function backtest(t: Cleanup, lines: readonly string[]): Promise<ReadonlyMap<string, Told>> {
  const cwd = makeTempDirectory(t, { 'policies/tree.yaml': TREE, 'day.ndjson': `${lines.join('\n')}\n` });
  const run = await runVerb(t, ['alerts', 'backtest', '--traffic', 'day.ndjson', '--format', 'json'], { cwd });
  assert.equal(run.code, 0, run.stderr);
  const { alerts } = JSON.parse(run.stdout) as { readonly alerts: readonly Told[] };
  return new Map(alerts.map((each) => [each.alert, each]));
}

function every(stepMs: number, untilMs: number, make: (atMs: number) => string): readonly string[] {
  return Array.from({ length: Math.floor(untilMs / stepMs) }, (_, at) => make(START_MS + at * stepMs));
}

/** Fires once, at most so many seconds after that moment and not before. */
function firesAt(told: Told | undefined, momentMs: number, withinS: number): void {
  assert.equal(told?.fired, 1, JSON.stringify(told));
  const delayS = (Date.parse(told.incidents[0]?.firedAt ?? '') - momentMs) / 1000;
  assert.ok(delayS >= 0 && delayS <= withinS, `${told.alert}: ${delayS} s after its condition held`);
}

function firedOf(told: ReadonlyMap<string, Told>): readonly string[] {
  return [...told.values()]
    .filter(({ fired, alert }) => fired > 0 && alert !== 'old-key')
    .map(({ alert }) => alert)
    .sort();
}

describe('alerts on budgets over a recording', () => {
  it('fire when what was recorded passes the share, for a consumer and for its parent, and end with the window', async (t) => {
    // A cent a minute: 8 USD are passed by the 801st, at 13:20.
    const day = every(MINUTE, 26 * HOUR, (atMs) => line(atMs, { cost: 10_000 }));
    const other = every(MINUTE, 26 * HOUR, (atMs) =>
      line(atMs + 1000, { consumer: 'company', cost: 5_000, user: 'u2' }),
    );
    const told = await backtest(
      t,
      [...day, ...other].sort((a, b) => (a.slice(20, 60) < b.slice(20, 60) ? -1 : 1)),
    );
    firesAt(told.get('web-80'), START_MS + 800 * MINUTE, 10);
    const [incident] = told.get('web-80')?.incidents ?? [];
    assert.match(incident?.fact ?? '', /^web-day budget 80% of 10 USD/);
    // With the day the window ends.
    const endedMs = Date.parse(incident?.endedAt ?? '') - (START_MS + 24 * HOUR);
    assert.ok(endedMs >= 0 && endedMs < 5000, `${endedMs} ms after midnight`);
    // 1.5 cents a minute on the parent: 16 USD after 1067 minutes.
    firesAt(told.get('company-80'), START_MS + 1066 * MINUTE, 70);
  });

  it('stay silent at the share itself', async (t) => {
    const told = await backtest(
      t,
      every(MINUTE, 800 * MINUTE, (atMs) => line(atMs, { cost: 10_000 })),
    );
    assert.equal(told.get('web-80')?.fired, 0);
  });

  it('count from what the recording says was spent when the counter is first met', async (t) => {
    const counters = { 'budget:web-day::2026-11-03T00:00:00.000Z': { spent: 7_990_000, held: 0 } };
    const facts = { nowMs: START_MS, counters };
    const told = await backtest(t, [
      line(START_MS, { cost: 10_000, facts }),
      line(START_MS + MINUTE, { cost: 10_000 }),
      line(START_MS + 2 * MINUTE, { cost: 10_000 }),
    ]);
    firesAt(told.get('web-80'), START_MS + MINUTE, 10);
  });

  it('know each split for itself, and count tokens', async (t) => {
    // A thousand tokens a request: one user asks 91 times, the other ones less.
    const lines = every(MINUTE, 180 * MINUTE, (atMs) =>
      line(atMs, { user: ((atMs - START_MS) / MINUTE) % 2 === 0 ? 'busy' : `u${Math.floor((atMs / MINUTE) % 40)}` }),
    );
    const told = await backtest(t, [
      ...lines,
      line(START_MS + 180 * MINUTE, { user: 'busy' }),
      line(START_MS + 182 * MINUTE, { user: 'x' }),
    ]);
    firesAt(told.get('user-90'), START_MS + 180 * MINUTE, 10);
    assert.match(told.get('user-90')?.incidents[0]?.fact ?? '', /user-tokens \(busy\) budget 91% of 100,000 tokens/);
  });

  it('of a model count its calls alone, those that failed and were billed too', async (t) => {
    const usage = {
      input: 10,
      output: 10,
      cacheRead: 0,
      cacheWrite: 0,
      cacheWrite1h: 0,
      reasoning: 0,
      audioInput: 0,
      audioOutput: 0,
    };
    const claude = { target: 'premium/claude', provider: 'anthropic', model: 'anthropic/claude-sonnet-4-5' };
    const both = [
      {
        target: 'premium/gpt',
        provider: 'openai',
        model: 'openai/gpt-4o',
        outcome: 'server-error',
        startedMs: 1,
        durationMs: 9,
      },
      { ...claude, outcome: 'stream-error', startedMs: 10, durationMs: 9, usage, costMicroUsd: 20_000 },
      { ...claude, outcome: 'ok', startedMs: 20, durationMs: 9, usage, costMicroUsd: 5_000 },
    ];
    const outcome = { status: 200, durationMs: 30, fallback: 'server-error', costMicroUsd: 25_000 };
    // 2.5 cents a minute: more than 50 of 100 with the 21st.
    const told = await backtest(
      t,
      every(MINUTE, 30 * MINUTE, (atMs) => line(atMs, { over: { attempts: both, outcome } })),
    );
    firesAt(told.get('claude-50'), START_MS + 20 * MINUTE, 10);
  });

  it('of a rolling window end when it has gone on', async (t) => {
    // A burst of 600 requests in five minutes, then one a minute.
    const burst = every(500, 5 * MINUTE, (atMs) => line(atMs, { cost: 10 }));
    const after = every(MINUTE, 40 * MINUTE, (atMs) => line(atMs + 6 * MINUTE, { cost: 10 }));
    const told = await backtest(t, [...burst, ...after]);
    firesAt(told.get('rolling-50'), START_MS + 250_000, 15);
    const endedMs = Date.parse(told.get('rolling-50')?.incidents[0]?.endedAt ?? '');
    assert.ok(endedMs > START_MS + 10 * MINUTE && endedMs < START_MS + 14 * MINUTE, new Date(endedMs).toISOString());
  });

  it('foresee the end of a week', async (t) => {
    // Four dollars a day for two days, then sixteen. After 2 + x days 8 + 16x are spent, at a mean rate of (8 + 16x) / (2 + x) a day: the cap of 30 is a day away for x = 0.89.
    const rise = START_MS + 48 * HOUR;
    const lines = every(20 * MINUTE, 84 * HOUR, (atMs) => line(atMs, { cost: (atMs < rise ? 4e6 : 16e6) / 72 }));
    const told = await backtest(t, lines);
    firesAt(told.get('week-ends'), rise + 21 * HOUR, 1800);
  });

  it('count nothing of a refusal or of an answer from the cache', async (t) => {
    const refused = { decision: { allowed: false, route: 'default' }, attempts: [], outcome: { status: 429 } };
    const kept = { attempts: [], outcome: { status: 200, cache: 'hit', costMicroUsd: 0, durationMs: 2 } };
    const told = await backtest(
      t,
      every(MINUTE, 20 * HOUR, (atMs) => line(atMs, { over: (atMs / MINUTE) % 2 === 0 ? refused : kept })),
    );
    assert.deepEqual(firedOf(told), []);
  });
});

describe('other conditions over a recording', () => {
  const call = { target: 'premium/gpt', provider: 'openai', model: 'openai/gpt-4o', startedMs: 0, durationMs: 200 };
  const failed = { attempts: [{ ...call, outcome: 'server-error' }], outcome: { status: 503, durationMs: 200 } };

  it('show when a breaker opened and when it closed', async (t) => {
    const lines = every(5000, 30 * MINUTE, (atMs) => {
      const minute = (atMs - START_MS) / MINUTE;
      // While the breaker is open, its target is not called: the other one answers.
      if (minute < 10 || minute >= 12.5) return line(atMs, {});
      const claude = { ...call, target: 'premium/claude', provider: 'anthropic', outcome: 'ok' };
      return line(atMs, {
        over: minute < 10.25 ? failed : { attempts: [claude], outcome: { status: 200, durationMs: 200 } },
      });
    });
    const told = await backtest(t, lines);
    // The third failure in a row ends at ten past and 10.2 s; the alert waits ten seconds.
    firesAt(told.get('breaker'), START_MS + 10 * MINUTE + 20_000, 15);
    assert.match(told.get('breaker')?.incidents[0]?.fact ?? '', /premium\/gpt/);
    const endedMs = Date.parse(told.get('breaker')?.incidents[0]?.endedAt ?? '');
    assert.ok(endedMs >= START_MS + 12.5 * MINUTE && endedMs < START_MS + 13 * MINUTE, new Date(endedMs).toISOString());
  });

  it('stay silent over errors that are not in a row', async (t) => {
    const lines = every(5000, 30 * MINUTE, (atMs) => line(atMs, { over: (atMs / 5000) % 3 === 0 ? {} : failed }));
    assert.equal((await backtest(t, lines)).get('breaker')?.fired, 0);
  });

  it('tell when a key grew too old', async (t) => {
    // Made on the fifth of August: it is ninety days old as the third of November begins.
    const told = await backtest(
      t,
      every(HOUR, 30 * HOUR, (atMs) => line(atMs - 6 * HOUR, {})),
    );
    firesAt(told.get('old-key'), Date.UTC(2026, 10, 3), 90);
  });

  it('leave out only what no recording can tell', async (t) => {
    const told = await backtest(t, [line(START_MS, {})]);
    const untested = [...told.values()].filter(({ isTested }) => !isTested).map(({ alert }) => alert);
    assert.deepEqual(untested, ['refused']);
  });
});
