import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runVerb } from '../support/run-verb.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

const HEAD = (kind: string, name: string) => `apiVersion: signalbox/v1\nkind: ${kind}\nmetadata: { name: ${name} }\n`;
const ALERTS: Readonly<Record<string, string>> = {
  'error-rate': '{ metric: error-rate, above: 5%, over: 5m, minRequests: 50, for: 1m }',
  'latency-p99': '{ metric: latency, above: 3s, over: 5m, minRequests: 50 }',
  'first-token': '{ metric: first-token, above: 2s, over: 5m, minRequests: 50, quantile: p95 }',
  'fallback-share': '{ metric: fallback-share, above: 20%, over: 10m, minRequests: 50 }',
  'hour-cost': '{ metric: cost, above: 3 USD, over: 1h }',
  'hit-rate': '{ metric: cache-hit-rate, below: 10%, over: 10m, minRequests: 50 }',
  'openai-down': '{ metric: provider-down, over: 2m }',
  spending: '{ metric: spend-anomaly, factor: 3, over: 1h }',
  lost: '{ metric: recorder-drops, over: 5m }',
  refused: '{ metric: policy-rejected }',
};
const POLICIES = {
  'policies/tree.yaml': [
    `${HEAD('Project', 'test')}spec: { timezone: UTC }`,
    `${HEAD('Receiver', 'ops')}spec: { email: { to: [ops@example.com] } }`,
    ...Object.entries(ALERTS).map(([name, when]) => `${HEAD('Alert', name)}spec: { when: ${when}, to: [ops] }`),
  ].join('\n---\n'),
};

/** Weeks of evaluations are for one alert. */
const SPENDING = {
  'policies/tree.yaml': [
    `${HEAD('Project', 'test')}spec: { timezone: UTC }`,
    `${HEAD('Receiver', 'ops')}spec: { email: { to: [ops@example.com] } }`,
    ...['spending', 'refused'].map((name) => `${HEAD('Alert', name)}spec: { when: ${ALERTS[name]}, to: [ops] }`),
  ].join('\n---\n'),
};

const START_MS = Date.UTC(2026, 10, 2);
const MINUTE = 60_000;

/** What is wrong during an incident: over the request's own fields. */
interface Incident {
  readonly fromMin: number;
  readonly toMin: number;
  /** One request in so many. */
  readonly every: number;
  readonly outcome: object;
  readonly attempts?: readonly object[];
  readonly dropped?: number;
}

/** A request every three seconds, with an incident in it. */
function recording(minutes: number, incidents: readonly Incident[]): string {
  const lines: string[] = [];
  for (let at = 0; at < minutes * 20; at++) {
    const minute = at / 20;
    const incident = incidents.find((each) => minute >= each.fromMin && minute < each.toMin && at % each.every === 0);
    const good = {
      status: 200,
      provider: 'openai',
      model: 'openai/gpt-4o',
      durationMs: 800,
      firstTokenMs: 300,
      costMicroUsd: 1000,
      cache: at % 2 === 0 ? 'hit' : 'miss',
    };
    lines.push(
      JSON.stringify({
        v: 1,
        id: `req_${at}`,
        at: new Date(START_MS + at * 3000).toISOString(),
        ...(incident?.dropped === undefined ? {} : { dropped: incident.dropped }),
        request: { endpoint: 'chat', consumer: 'web' },
        decision: { allowed: true, route: 'default' },
        attempts: incident?.attempts ?? [{ target: 'premium/gpt', provider: 'openai', outcome: 'ok' }],
        outcome: { ...good, ...incident?.outcome },
      }),
    );
  }
  return `${lines.join('\n')}\n`;
}

const FAILED = [{ target: 'premium/gpt', provider: 'openai', outcome: 'server-error' }];
const FALLEN_BACK = [...FAILED, { target: 'premium/claude', provider: 'anthropic', outcome: 'ok' }];

interface Known {
  readonly name: string;
  readonly text: string;
  /** Alerts that must fire, and within how many minutes after the incident began; all others must not. */
  readonly expected: Readonly<Record<string, number>>;
  readonly fromMin: number;
}

const hour = (incident: Omit<Incident, 'fromMin' | 'toMin'>): string =>
  recording(60, [{ fromMin: 20, toMin: 35, ...incident }]);
const KNOWN: readonly Known[] = [
  { name: 'a quiet hour', fromMin: 0, text: recording(60, []), expected: {} },
  { name: 'one error in thirty', fromMin: 20, text: hour({ every: 30, outcome: { status: 503 } }), expected: {} },
  {
    name: 'one error in ten',
    fromMin: 20,
    text: hour({ every: 10, outcome: { status: 503 } }),
    expected: { 'error-rate': 5 },
  },
  {
    name: 'denials of a third of the requests',
    fromMin: 20,
    text: hour({ every: 3, outcome: { status: 429 }, attempts: [] }),
    expected: {},
  },
  {
    name: 'slow answers',
    fromMin: 20,
    text: hour({ every: 20, outcome: { durationMs: 4000 } }),
    expected: { 'latency-p99': 3 },
  },
  {
    name: 'streams that begin late',
    fromMin: 20,
    text: hour({ every: 8, outcome: { firstTokenMs: 2500, durationMs: 2900 } }),
    expected: { 'first-token': 3 },
  },
  {
    name: 'fallbacks',
    fromMin: 20,
    text: hour({ every: 2, outcome: { fallback: 'server-error', provider: 'anthropic' }, attempts: FALLEN_BACK }),
    expected: { 'fallback-share': 6 },
  },
  {
    name: 'an outage without a fallback',
    fromMin: 20,
    text: hour({ every: 1, outcome: { status: 502 }, attempts: FAILED }),
    expected: { 'error-rate': 2, 'openai-down': 3 },
  },
  {
    name: 'a runaway',
    fromMin: 20,
    text: hour({ every: 1, outcome: { costMicroUsd: 50_000 } }),
    expected: { 'hour-cost': 4 },
  },
  {
    name: 'a cache that finds nothing',
    fromMin: 20,
    text: hour({ every: 1, outcome: { cache: 'miss' } }),
    expected: { 'hit-rate': 10 },
  },
  { name: 'lost records', fromMin: 20, text: hour({ every: 100, outcome: {}, dropped: 7 }), expected: { lost: 5 } },
];

interface Report {
  readonly alerts: readonly {
    alert: string;
    fired: number;
    isTested: boolean;
    incidents: { firedAt: string; endedAt: string | null }[];
  }[];
}

describe('signalbox alerts backtest', () => {
  for (const { name, text, expected, fromMin } of KNOWN) {
    it(`finds in ${name} what is there, in time, and nothing else`, async (t) => {
      const cwd = makeTempDirectory(t, { ...POLICIES, 'hour.ndjson': text });
      const run = await runVerb(t, ['alerts', 'backtest', '--traffic', 'hour.ndjson', '--format', 'json'], { cwd });
      assert.equal(run.code, 0, run.stderr);
      const { alerts } = JSON.parse(run.stdout) as Report;
      const fired = alerts.filter((each) => each.fired > 0);
      assert.deepEqual(
        fired.map(({ alert, fired: times }) => [alert, times]).sort(),
        Object.keys(expected)
          .map((alert) => [alert, 1])
          .sort(),
      );
      for (const { alert, incidents } of fired) {
        const delayMin = (Date.parse(incidents[0]?.firedAt ?? '') - START_MS) / MINUTE - fromMin;
        assert.ok(delayMin >= 0 && delayMin <= (expected[alert] ?? 0), `${alert}: ${delayMin} minutes`);
      }
      assert.deepEqual(
        alerts.filter(({ isTested }) => !isTested).map(({ alert }) => alert),
        ['refused'],
      );
    });
  }

  it('knows what is usual at that hour of the week', async (t) => {
    // Mondays at noon are dear every week; this Monday at three is not.
    const line = (atMs: number, costMicroUsd: number) =>
      JSON.stringify({
        v: 1,
        id: `r${atMs}`,
        at: new Date(atMs).toISOString(),
        request: { endpoint: 'chat' },
        attempts: [{ target: 'a/b', outcome: 'ok' }],
        outcome: { status: 200, costMicroUsd },
      });
    const lines: string[] = [];
    for (let atMs = START_MS; atMs < START_MS + 8 * 86_400_000; atMs += 2 * MINUTE) {
      const isNoon = new Date(atMs).getUTCHours() === 12;
      const isRunaway =
        atMs >= START_MS + 7 * 86_400_000 + 15 * 60 * MINUTE && atMs < START_MS + 7 * 86_400_000 + 16 * 60 * MINUTE;
      lines.push(line(atMs, isNoon ? 100_000 : isRunaway ? 50_000 : 5000));
    }
    const cwd = makeTempDirectory(t, { ...SPENDING, 'weeks.ndjson': `${lines.join('\n')}\n` });
    const run = await runVerb(t, ['alerts', 'backtest', '--traffic', 'weeks.ndjson'], { cwd });
    assert.match(run.stdout, /spending: would have fired once\n {2}2026-11-09 15:\d\d UTC {2}for .*times the usual/);
    assert.match(run.stdout, /refused: not tested/);
  });
});
