import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { ParsedMail } from 'mailparser';
import type { GatewayOptions } from '../../src/gateway/index.ts';
import { startGateway } from '../../src/gateway/index.ts';
import { until } from '../support/start-redis.ts';
import { startSmtp, type TestSmtp } from '../support/start-smtp.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

const HEAD = (kind: string, name: string) =>
  `apiVersion: signalbox/v1\nkind: ${kind}\nmetadata: { name: ${name}, owner: platform }\n`;
const alert = (name: string, when: string, more = '') =>
  `${HEAD('Alert', name)}spec:\n  when: ${when}\n  to: [ops]\n${more}`;

/** The four standard alerts over sandbox targets: a request is 1 micro-USD a token, so a budget fills to the percent. */
const FILES = {
  'signalbox.yaml': `${HEAD('Project', 'test')}spec:
  timezone: UTC
  anonymous: guest
  publicUrl: https://ai.example.com
  mail: { from: "Signalbox <signalbox@example.com>", server: { env: SMTP_URL } }
  defaults: { timeouts: { connect: 2s, firstToken: 20s, idle: 20s, total: 60s }, retry: { max: 0, on: [] } }
`,
  'guest.yaml': `${HEAD('Consumer', 'guest')}spec: { keys: [] }\n`,
  'chain.yaml': `${HEAD('Chain', 'premium')}spec:
  maxAttempts: 2
  fallbackOn: [server-error]
  targets: [{ id: first, model: sandbox/echo }, { id: second, model: sandbox/spare }]
`,
  'route.yaml': `${HEAD('Route', 'default')}spec: { match: {}, chain: premium }\n`,
  'budget.yaml': `${HEAD('Budget', 'product-day')}spec: { limit: { requests: 1000 }, window: { every: day }, onExhausted: warn }\n`,
  'ops.yaml': `${HEAD('Receiver', 'ops')}spec: { email: { to: [ops@example.com] } }\n`,
};

const START_MS = Date.UTC(2026, 10, 23, 9, 0, 0);
/** Files of records are named by the moment and the process. */
let started = 0;

/** A gateway whose clock only moves when told to, beside what a slow answer adds. */
async function start(t: TestContext, alerts: string, options: Partial<GatewayOptions> = {}, smtp?: TestSmtp) {
  const policies = options.policies ?? makeTempDirectory(t, { ...FILES, 'alerts.yaml': alerts });
  const server = smtp ?? (await startSmtp(t));
  const clock = { nowMs: START_MS + started++ };
  const dataDir = options.dataDir ?? makeTempDirectory(t);
  const gateway = await startGateway(
    {
      environment: 'development',
      port: 0,
      watch: false,
      env: { SMTP_URL: server.url },
      log: { info: () => undefined, warn: () => undefined, error: (fields, text) => console.error(text, fields) },
      alertEveryMs: 20,
      ...{ ...options, policies, dataDir },
    },
    { nowMs: () => clock.nowMs, draw: Math.random },
  );
  t.after(() => gateway.close(0));

  async function send(directive: string | null, count: number): Promise<void> {
    for (let left = count; left > 0; left -= 20) {
      await Promise.all(Array.from({ length: Math.min(20, left) }, () => ask(gateway.url, directive)));
    }
  }

  /** Two evaluations later. */
  async function settled(): Promise<void> {
    const before = ticks();
    await until(async () => ticks() >= before + 3);
  }

  let seen = 0;
  const ticks = () => seen;
  const timer = setInterval(() => {
    seen += 1;
  }, 40);
  t.after(() => clearInterval(timer));
  const report = async () => (await (await fetch(`${gateway.url}/admin/alerts`)).json()) as AlertsJson;
  return { gateway, clock, smtp: server, policies, dataDir, send, settled, report };
}

interface AlertsJson {
  readonly alerts: readonly {
    alert: string;
    state: string;
    value: number | null;
    quiet: string | null;
    isMet: boolean | null;
  }[];
  readonly outbox: { waiting: number; problem: string | null };
}

async function ask(url: string, directive: string | null): Promise<number> {
  const answer = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(directive === null ? {} : { 'x-signalbox-metadata': JSON.stringify(JSON.parse(directive)) }),
    },
    body: JSON.stringify({ model: 'sandbox/echo', messages: [{ role: 'user', content: 'Hello' }] }),
  });
  await answer.arrayBuffer();
  return answer.status;
}

const FAIL = '{"sandbox": "fail:503"}';
const FALL_BACK = '{"sandbox@premium/first": "fail:503"}';

function headers(mail: ParsedMail | undefined): string {
  return `${mail?.headers.get('x-signalbox-alert-state')} ${mail?.headers.get('x-signalbox-alert')}`;
}

interface Standard {
  readonly name: string;
  readonly text: string;
  /** Requests by directive that stay one percent below, and those that then take it over. */
  readonly below: readonly (readonly [string | null, number])[];
  readonly over: readonly (readonly [string | null, number])[];
  readonly subject: RegExp;
  readonly says: readonly RegExp[];
}

const STANDARD: readonly Standard[] = [
  {
    name: 'daily-cost',
    text: alert('daily-cost', '{ metric: budget-used, above: 80%, budget: product-day }'),
    below: [[null, 790]],
    over: [[null, 11]],
    subject: /^\[dev\] product-day budget 80% of 1,000 requests/,
    says: [/alerts\.yaml:\d/, /signalbox usage --by consumer/, /https:\/\/ai\.example\.com\/console\//],
  },
  {
    name: 'error-rate',
    text: alert('error-rate', '{ metric: error-rate, above: 5%, over: 5m, minRequests: 50 }'),
    below: [
      [null, 192],
      [FAIL, 8],
    ],
    over: [[FAIL, 3]],
    subject: /^\[dev\] 5\.4% of requests fail \(limit 5%\): 11 of 203 in 5 min$/,
    says: [/premium\/second: server-error: 11 of 11/, /signalbox status/, /alerts\.yaml:\d/],
  },
  {
    name: 'fallback-share',
    text: alert('fallback-share', '{ metric: fallback-share, above: 20%, over: 10m, minRequests: 50 }'),
    below: [
      [null, 81],
      [FALL_BACK, 19],
    ],
    over: [[FALL_BACK, 2]],
    subject: /^\[dev\] 20% of answers come from fallbacks \(limit 20%\): 21 of 102 in 10 min$/,
    says: [/premium\/first: server-error: 21 of 21/],
  },
];

describe('a standard alert, driven by traffic', () => {
  for (const { name, text, below, over, subject, says } of STANDARD) {
    it(`${name}: nothing at one percent below, one mail when it fires, one when it is over`, async (t) => {
      const { clock, smtp, send, settled, report } = await start(t, text);
      for (const [directive, count] of below) await send(directive, count);
      await settled();
      clock.nowMs += 30_000;
      await settled();
      assert.equal((await report()).alerts[0]?.state, 'quiet');
      assert.equal(smtp.mails.length, 0);
      for (const [directive, count] of over) await send(directive, count);
      await until(async () => smtp.mails.length === 1);
      clock.nowMs += 90_000;
      await settled();
      await settled();
      assert.equal(smtp.mails.length, 1);
      const [mail] = smtp.mails;
      assert.match(mail?.subject ?? '', subject);
      assert.equal(headers(mail), `firing ${name}`);
      for (const line of says) assert.match(mail?.text ?? '', line);
      // The window moves on, or the next day begins.
      clock.nowMs += name === 'daily-cost' ? 86_400_000 : 700_000;
      await settled();
      clock.nowMs += 90_000;
      await until(async () => smtp.mails.length >= 2);
      clock.nowMs += 3_600_000;
      await settled();
      await settled();
      const [, end] = smtp.mails;
      assert.equal(smtp.mails.length, 2);
      assert.equal(headers(end), `resolved ${name}`);
      assert.match(end?.subject ?? '', /^\[dev\] Resolved: /);
      assert.equal(end?.inReplyTo, mail?.messageId);
      assert.equal(end?.headers.get('x-signalbox-incident'), mail?.headers.get('x-signalbox-incident'));
    });
  }
});

describe('the fourth standard alert', () => {
  it('latency-p99: fires above 3 s, not at 2.97 s', async (t) => {
    const text = alert('latency-p99', '{ metric: latency, above: 3s, over: 5m, minRequests: 50, quantile: p99 }');
    const { gateway, clock, smtp, send, settled, report } = await start(t, text);

    /** Answers that take so long by the gateway's clock. */
    async function slow(count: number, ms: number): Promise<void> {
      const asked = Array.from({ length: count }, () => ask(gateway.url, '{"sandbox": "slow:200ms"}'));
      const inFlight = async () =>
        ((await (await fetch(`${gateway.url}/admin/status`)).json()) as StatusJson).counts.inFlight;
      await until(async () => (await inFlight()) === count);
      clock.nowMs += ms;
      await Promise.all(asked);
    }

    await send(null, 98);
    await slow(2, 2970);
    await settled();
    assert.equal((await report()).alerts[0]?.isMet, false);
    assert.equal(smtp.mails.length, 0);
    await slow(2, 3030);
    await until(async () => smtp.mails.length === 1);
    assert.match(smtp.mails[0]?.subject ?? '', /^\[dev\] p99 latency 3 s \(limit 3 s\) over 102 requests in 5 min$/);
    assert.match(smtp.mails[0]?.text ?? '', /sandbox\/echo: 2 of 2/);
    clock.nowMs += 400_000;
    await settled();
    clock.nowMs += 90_000;
    await until(async () => smtp.mails.length === 2);
    await settled();
    assert.deepEqual(smtp.mails.map(headers), ['firing latency-p99', 'resolved latency-p99']);
  });
});

interface StatusJson {
  readonly counts: { readonly inFlight: number };
}

const ERRORS = alert('error-rate', '{ metric: error-rate, above: 5%, over: 5m, minRequests: 20 }');

describe('what is told of an alert', () => {
  it('arrives once when the mail server was down for the whole incident', async (t) => {
    const smtp = await startSmtp(t);
    await smtp.down();
    const world = await start(
      t,
      ERRORS,
      { log: { info: () => undefined, warn: () => undefined, error: () => undefined } },
      smtp,
    );
    await world.send(FAIL, 30);
    await until(async () => (await world.report()).outbox.waiting === 1);
    world.clock.nowMs += 400_000;
    await world.settled();
    world.clock.nowMs += 90_000;
    await until(async () => (await world.report()).outbox.waiting === 2);
    assert.match((await world.report()).outbox.problem ?? '', /ECONNECTION|ESOCKET|ECONNREFUSED/);
    await smtp.up();
    world.clock.nowMs += 31_000;
    await until(async () => smtp.mails.length === 2);
    world.clock.nowMs += 31_000;
    await world.settled();
    assert.deepEqual(smtp.mails.map(headers), ['firing error-rate', 'resolved error-rate']);
  });

  it('is told once by several processes, of what all of them have seen, and by none again after a restart', async (t) => {
    const first = await start(t, alert('error-rate', '{ metric: error-rate, above: 5%, over: 5m, minRequests: 40 }'));
    const same = { policies: first.policies, dataDir: first.dataDir };
    const second = await start(t, '', same, first.smtp);
    await first.send(FAIL, 20);
    await second.send(FAIL, 25);
    await until(async () => first.smtp.mails.length === 1);
    await first.gateway.close(0);
    await second.gateway.close(0);
    const third = await start(t, '', same, first.smtp);
    third.clock.nowMs += 20_000;
    await third.settled();
    await until(async () => (await third.report()).alerts[0]?.state === 'firing');
    await third.settled();
    assert.equal(first.smtp.mails.length, 1);
    third.clock.nowMs += 400_000;
    await third.settled();
    third.clock.nowMs += 90_000;
    await until(async () => first.smtp.mails.length === 2);
    assert.deepEqual(first.smtp.mails.map(headers), ['firing error-rate', 'resolved error-rate']);
  });

  it('waits while the alert is silenced, and is told when it still lasts', async (t) => {
    const { gateway, clock, smtp, send, settled, report } = await start(t, ERRORS);
    const post = async (path: string, body: object, method = 'POST') => {
      const answer = await fetch(`${gateway.url}${path}`, {
        method,
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      });
      return { status: answer.status, json: (await answer.json()) as Record<string, string> };
    };
    for (const [body, status] of [
      [{ alert: 'error-*', for: '2m', reason: 'known' }, 200],
      [{ alert: 'error-*', for: 'soon', reason: 'known' }, 400],
      [{ alert: 'error-*', for: '90d', reason: 'known' }, 400],
      [{ alert: 'error-*', for: '1h' }, 400],
    ] as const) {
      assert.equal((await post('/admin/silences', body)).status, status);
    }
    await send(FAIL, 30);
    await until(async () => (await report()).alerts[0]?.state === 'firing');
    await settled();
    assert.match((await report()).alerts[0]?.quiet ?? '', /^silence /);
    assert.equal(smtp.mails.length, 0);
    clock.nowMs += 121_000;
    await until(async () => smtp.mails.length === 1);
  });

  it('can be tried out before anything happens', async (t) => {
    const { gateway, smtp } = await start(t, ERRORS);
    const tried = async (name: string) => {
      const answer = await fetch(`${gateway.url}/admin/alerts/test`, {
        method: 'POST',
        body: JSON.stringify({ alert: name }),
        headers: { 'content-type': 'application/json' },
      });
      return answer.status;
    };
    assert.equal(await tried('error-rate'), 200);
    assert.equal(await tried('nothing'), 400);
    assert.match(smtp.mails[0]?.subject ?? '', /^\[dev\] Test: /);
  });
});

describe('a receiver that groups', () => {
  it('gets one mail of what begins together and one of what ends together, in the thread of each', async (t) => {
    const two = [
      alert('error-rate', '{ metric: error-rate, above: 5%, over: 1m }', '  severity: critical\n'),
      '---\n',
      alert('fallback-share', '{ metric: fallback-share, above: 20%, over: 1m }'),
    ].join('');
    const policies = makeTempDirectory(t, {
      ...FILES,
      'ops.yaml': `${HEAD('Receiver', 'ops')}spec: { email: { to: [ops@example.com] }, group: { wait: 20s } }\n`,
      'alerts.yaml': two,
    });
    const { smtp, clock, send, settled, report } = await start(t, '', { policies });
    await send(FAIL, 20);
    await send(FALL_BACK, 20);
    await settled();
    assert.equal(smtp.mails.length, 0);
    clock.nowMs += 20_000;
    await until(async () => smtp.mails.length === 1);
    clock.nowMs += 400_000;
    await settled();
    clock.nowMs += 90_000;
    await until(async () => (await report()).outbox.waiting === 2);
    clock.nowMs += 20_000;
    await until(async () => smtp.mails.length === 2);
    await settled();
    const [begin, end] = smtp.mails;
    assert.match(begin?.subject ?? '', /requests fail .*\(\+1 more\)$/);
    const incidents = (mail: ParsedMail | undefined) => String(mail?.headers.get('x-signalbox-incident')).split(', ');
    assert.equal(incidents(begin).length, 2);
    assert.deepEqual(incidents(end).sort(), incidents(begin).sort());
    assert.deepEqual(
      [begin, end].map((mail) => mail?.headers.get('x-signalbox-alert-state')),
      ['firing', 'resolved'],
    );
    assert.deepEqual([end?.references].flat().sort(), [begin?.references].flat().sort());
    assert.equal(smtp.mails.length, 2);
  });
});

describe('a refused policy change', () => {
  it('is told with the place of the mistake', async (t) => {
    const { gateway, policies, smtp } = await start(t, alert('refused', '{ metric: policy-rejected }'));
    writeFileSync(join(policies, 'route.yaml'), `${HEAD('Route', 'default')}spec: { match: {}, chain: nowhere }\n`);
    assert.equal((await gateway.reload('test')).accepted, false);
    await until(async () => smtp.mails.length === 1);
    assert.match(smtp.mails[0]?.text ?? '', /route\.yaml:\d+: .*nowhere/);
  });
});
