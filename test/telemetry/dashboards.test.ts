import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { BOARDS } from '../../scripts/dashboards/boards.ts';
import { grafanaDashboard } from '../../scripts/dashboards/grafana-dashboard.ts';
import { startTestGateway } from '../gateway/harness.ts';
import { requireProgram } from '../support/skip.ts';
import { type Sample, startPrometheus } from '../support/start-prometheus.ts';
import { until } from '../support/start-redis.ts';

const OPS = join(import.meta.dirname, '../../ops');
const QUERIES = BOARDS.flatMap(({ uid, panels }) =>
  panels.flatMap(({ title, queries }) => queries.map((query) => ({ name: `${uid}: ${title}`, ...query }))),
);

const head = (kind: string, name: string) => `apiVersion: signalbox/v1\nkind: ${kind}\nmetadata: { name: ${name} }\n`;
/** Everything that makes a series, over sandbox targets. */
const POLICIES = {
  'signalbox.yaml': `${head('Project', 'test')}spec:
  anonymous: guest
  defaults: { timeouts: { connect: 2s, firstToken: 5s, idle: 5s, total: 20s }, retry: { max: 0, on: [] } }
`,
  'guest.yaml': `${head('Consumer', 'guest').replace('name: guest', 'name: guest, labels: { team: product }')}spec: { keys: [] }\n`,
  'chain.yaml': `${head('Chain', 'main')}spec:
  maxAttempts: 2
  fallbackOn: [server-error]
  targets: [{ id: first, model: sandbox/echo }, { id: second, model: sandbox/spare }]
`,
  'cache.yaml': `${head('Cache', 'kept')}spec: { mode: exact, ttl: 1h }\n`,
  'guardrail.yaml': `${head('Guardrail', 'words')}spec: { stage: [input], checks: [{ id: words, check: deny-words, action: block, words: [forbidden] }] }\n`,
  'routes.yaml': [
    `${head('Route', 'default')}spec: { match: {}, chain: main, guardrails: [words] }\n`,
    `${head('Route', 'kept')}spec: { match: { metadata: { kept: ["yes"] } }, chain: main, cache: kept }\n`,
    `${head('Route', 'capped')}spec: { match: { metadata: { capped: ["yes"] } }, chain: main }\n`,
  ].join('---\n'),
  'budgets.yaml': [
    `${head('Budget', 'day')}spec: { scope: { routes: [default] }, limit: { requests: 100 }, window: { every: day }, alertAt: [1%], onExhausted: warn }\n`,
    `${head('Budget', 'one')}spec: { scope: { routes: [capped] }, limit: { requests: 1 }, window: { every: day }, onExhausted: deny }\n`,
  ].join('---\n'),
};

describe('the rules for Prometheus', () => {
  for (const args of [
    ['check', 'rules', 'rules.yaml'],
    ['test', 'rules', 'rules.test.yaml'],
  ]) {
    it(`pass promtool ${args.slice(0, 2).join(' ')}`, (t) => {
      const promtool = requireProgram(t, 'promtool');
      if (promtool === undefined) return;
      const run = spawnSync(promtool, args, { cwd: join(OPS, 'prometheus'), encoding: 'utf8' });
      assert.equal(run.status, 0, run.stdout + run.stderr);
      assert.match(run.stdout, /SUCCESS/);
    });
  }

  it('are each fired by a case', () => {
    const rules = readFileSync(join(OPS, 'prometheus/rules.yaml'), 'utf8');
    const cases = readFileSync(join(OPS, 'prometheus/rules.test.yaml'), 'utf8');
    const alerts = [...rules.matchAll(/- alert: (\w+)/g)].map(([, name = '']) => name);
    assert.ok(alerts.length >= 14);
    assert.deepEqual(
      alerts.filter((name) => !new RegExp(`alertname(: |=")${name}\\b`).test(cases)),
      [],
    );
  });
});

describe('the dashboards', () => {
  it('are what their source generates, each panel in its place', () => {
    const files = globSync('*.json', { cwd: join(OPS, 'grafana') }).sort();
    assert.deepEqual(files, BOARDS.map(({ uid }) => `${uid}.json`).sort());
    for (const board of BOARDS) {
      const dashboard = grafanaDashboard(board);
      assert.equal(
        readFileSync(join(OPS, 'grafana', `${board.uid}.json`), 'utf8'),
        `${JSON.stringify(dashboard, null, 2)}\n`,
      );
      const taken = new Set<string>();
      for (const { gridPos, title = '' } of dashboard.panels ?? []) {
        const { x: left, y: top, w: width, h: height } = gridPos as { x: number; y: number; w: number; h: number };
        assert.ok(left + width <= 24, title);
        for (let x = left; x < left + width; x++) {
          for (let y = top; y < top + height; y++) {
            assert.ok(!taken.has(`${x} ${y}`), `${board.uid}: ${title} lies on another panel`);
            taken.add(`${x} ${y}`);
          }
        }
      }
    }
  });

  it('have data in every panel from a real Prometheus that scrapes a real gateway', async (t) => {
    const program = requireProgram(t, 'prometheus');
    if (program === undefined) return;
    const gateway = await startTestGateway(t, POLICIES);
    const prometheus = await startPrometheus(t, program, new URL(gateway.url).host);
    const ask = (body: object, metadata: object = {}, key?: string) => request(gateway.url, body, metadata, key);
    const round = async () => {
      await ask({});
      await ask({ stream: true });
      await ask({}, { 'sandbox@main/first': 'fail:503' });
      await ask({}, { sandbox: 'fail:503' });
      await ask({}, { kept: 'yes' });
      await ask({}, { kept: 'yes' });
      await ask({}, { capped: 'yes' });
      await ask({}, { capped: 'yes' });
      await ask({ messages: [{ role: 'user', content: 'forbidden' }] });
      await ask({}, {}, 'sbx_nobody_0000000000000000000000000000');
    };
    const isScraped = async (count: number) => {
      const [sample] = await prometheus.query('sum(signalbox_requests_total)');
      return Number(sample?.value[1]) >= count;
    };
    // Twice, so that series grow between two scrapes: the first value of a series is no increase to Prometheus.
    await round();
    await until(() => isScraped(10));
    await round();
    await until(() => isScraped(20));

    // Thresholds and charges are told after the answer: they may come a scrape later.
    let wrong = await wrongQueries(prometheus.query);
    const deadlineMs = performance.now() + 10_000;
    while (wrong.length > 0 && performance.now() < deadlineMs) {
      await setTimeout(200);
      wrong = await wrongQueries(prometheus.query);
    }
    assert.deepEqual(wrong, []);

    const { groups } = await prometheus.api('rules');
    const rules = groups.flatMap((group: { rules: unknown[] }) => group.rules) as readonly Rule[];
    assert.deepEqual(
      rules.filter(({ health }) => health !== 'ok').map(({ name, lastError }) => `${name} ${lastError}`),
      [],
    );
    for (const { name } of rules.filter(({ type }) => type === 'recording')) {
      // A rule is evaluated when its turn comes, not when its first samples do.
      await until(async () => (await prometheus.query(name)).length > 0);
    }
  });
});

/** Queries without data that ought to have some, and the other way round. */
async function wrongQueries(ask: (expr: string) => Promise<readonly Sample[]>): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const { name, expr, isEmptyUntil } of QUERIES) {
    const filled = expr.replaceAll('$job', '.*').replaceAll('$__rate_interval', '1m').replaceAll('$__range', '5m');
    const samples = await ask(filled);
    const hasData = samples.some(({ value }) => Number.isFinite(Number(value[1])));
    if (hasData === (isEmptyUntil !== undefined)) wrong.push(`${name}: ${samples.length} samples of ${filled}`);
  }
  return wrong;
}

interface Rule {
  readonly name: string;
  readonly type: string;
  readonly health: string;
  readonly lastError?: string;
}

async function request(url: string, body: object, metadata: object, key?: string): Promise<void> {
  const answer = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-signalbox-metadata': JSON.stringify(metadata),
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    },
    body: JSON.stringify({
      model: 'sandbox/echo',
      messages: [{ role: 'user', content: 'Hello there, all of you' }],
      ...body,
    }),
  });
  await answer.arrayBuffer();
}
