import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { createReach } from '#network';
import {
  alertReceivers,
  createDelivery,
  DeliveryError,
  type MailMessage,
  type Notice,
  noticeMessages,
} from '../../src/alerts/index.ts';
import { noticePayload } from '../../src/alerts/notice/notice-payloads.ts';
import { compileInlineSnapshot } from '../support/compile-inline.ts';

const EVIL = '<!channel> <https://evil.example|x> *b* & [l](https://evil.example)';
const NOTICE: Notice = {
  ...{ state: 'firing', incident: 'errors-1', alert: 'errors', severity: 'critical', environment: 'production' },
  ...{
    subject: `[prod] ${EVIL}`,
    fact: EVIL,
    description: '',
    facts: [['Since', 'now']],
    causes: [EVIL],
    next: [EVIL],
  },
  ...{ policy: { file: 'alerts.yaml', line: 3 }, links: [{ text: 'Open', url: 'https://ai.example.com/' }] },
  ...{ startedAt: '2026-11-23T09:00:00.000Z', endedAt: null, revision: 'abc', owner: 'platform', isTest: false },
};
const NOW_MS = Date.UTC(2026, 10, 23, 9);
const SECRETS: Readonly<Record<string, string>> = { HOOK_SECRET: 's3cret', ROUTING: 'R0UT1NG' };

async function start(t: TestContext, status = 200) {
  const calls: { readonly path: string; readonly signature: string; readonly body: string }[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    calls.push({ path: request.url ?? '', signature: String(request.headers['x-signalbox-signature'] ?? ''), body });
    response.writeHead(status, { location: '/elsewhere' }).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const snapshot = compileInlineSnapshot(`
kind: Receiver
metadata: { name: ops }
spec:
  webhook: { url: ${url}/hook, secret: { env: HOOK_SECRET } }
  slack: { url: ${url}/slack }
  teams: { url: ${url}/teams }
  pagerduty: { routingKey: { env: ROUTING }, url: ${url}/pagerduty }
---
kind: Receiver
metadata: { name: team }
spec:
  webhook: { url: ${url}/hook }
  slack: { url: ${url}/slack }
  teams: { url: ${url}/teams }
  pagerduty: { routingKey: { env: ROUTING }, url: ${url}/pagerduty }
  group: { wait: 1m }
---
kind: Receiver
metadata: { name: off }
spec: { webhook: { url: { env: NOWHERE, optional: true } }, slack: { url: { env: NOWHERE } } }
`);
  const secrets = { text: ({ name }: { readonly name: string }) => SECRETS[name] ?? null };
  const deliver = createDelivery({ snapshot: () => snapshot, secrets, nowMs: () => NOW_MS, reach: createReach() });
  const messages = (name: string, notice = NOTICE) => {
    const receiver = alertReceivers(snapshot).get(name);
    assert.ok(receiver);
    return noticeMessages(notice, receiver, 'k:1', 'k:1');
  };
  return { calls, deliver, messages };
}

describe('notices that wait for one another', () => {
  const kept = (notice: Notice, key: string) => ({
    notice,
    to: ['ops@example.com'],
    key,
    first: `${notice.incident}:1`,
  });
  const slow: Notice = {
    ...NOTICE,
    ...{ incident: 'slow-1', alert: 'slow', severity: 'warning', subject: '[prod] slow', fact: 'slow' },
  };
  const down: Notice = {
    ...slow,
    ...{ incident: 'down-1', alert: 'down', severity: 'info', subject: '[prod] down', fact: 'down' },
  };

  it('are one message to people, the worst first, and an event each to machines', async (t) => {
    const { messages } = await start(t);
    assert.deepEqual(
      messages('team').map(({ channel, waitMs, payload }) => [channel, waitMs, Object.keys(payload)[0]]),
      [
        ['webhook', undefined, 'version'],
        ['slack', 60_000, 'waits'],
        ['teams', 60_000, 'waits'],
        ['pagerduty', undefined, 'event_action'],
      ],
    );
    // Who tries a receiver out does not wait for others to come.
    assert.ok(messages('team', { ...NOTICE, isTest: true }).every(({ waitMs }) => waitMs === undefined));
    const told = [kept(down, 'down-1:1'), kept(slow, 'slow-1:1'), kept(NOTICE, 'errors-1:1')];
    const slack = noticePayload('slack', told);
    assert.match(String(slack.text), /\(\+2 more\)$/);
    const order = JSON.stringify(slack.blocks).match(/incident [a-z]+-1/g);
    assert.deepEqual(order, ['incident errors-1', 'incident slow-1', 'incident down-1']);
    const cards = JSON.stringify(noticePayload('teams', told));
    assert.deepEqual(
      cards.match(/prod[^ ]* (slow|down)/g)?.map((each) => each.split(' ').at(-1)),
      ['slow', 'down'],
    );
  });

  it('make a mail that names every incident and belongs to the thread of each', () => {
    const before = { ...kept(down, 'down-1:1'), to: ['before@example.com', 'ops@example.com'] };
    const mail = noticePayload('email', [before, kept(slow, 'slow-1:1')]) as unknown as MailMessage;
    assert.equal(mail.subject, '[prod] slow (+1 more)');
    assert.deepEqual([...mail.to].sort(), ['before@example.com', 'ops@example.com']);
    assert.deepEqual(mail.inReplyTo, ['<slow-1-1@signalbox.invalid>', '<down-1-1@signalbox.invalid>']);
    assert.partialDeepStrictEqual(mail.headers, {
      'X-Signalbox-Alert-State': 'firing',
      'X-Signalbox-Incident': 'slow-1, down-1',
      'X-Signalbox-Alert': 'slow, down',
      'X-Signalbox-Severity': 'warning',
    });
    for (const text of ['slow-1', 'down-1', 'Info: down']) assert.ok(mail.text.includes(text), mail.text);
    // Both name the same step.
    assert.equal(mail.text.match(/What to do next/g)?.length, 1);
    assert.doesNotMatch(mail.html, /<!channel>|<b>/);
  });

  it('tell of an incident once, in its newest words', () => {
    const again: Notice = { ...slow, subject: '[prod] Still: slow' };
    const mail = noticePayload('email', [kept(slow, 'slow-1:1'), kept(again, 'slow-1:2')]) as unknown as MailMessage;
    assert.equal(mail.subject, '[prod] Still: slow');
  });

  it('are another mail when another try has more to tell', () => {
    const idOf = (...told: readonly ReturnType<typeof kept>[]) =>
      (noticePayload('email', told) as unknown as MailMessage).messageId;
    const [first, second] = [kept(slow, 'slow-1:1'), kept(down, 'down-1:1')];
    assert.equal(idOf(first, second), idOf(first, second));
    assert.notEqual(idOf(first, second), idOf(first));
    assert.notEqual(idOf(first, second), idOf(first, second, kept(NOTICE, 'errors-1:1')));
  });
});

describe('a notice over HTTP', () => {
  it('reaches webhook, Slack, Teams and PagerDuty in the form of each, signed and without live markup', async (t) => {
    const { calls, deliver, messages } = await start(t);
    // Nothing that waits on the disk holds an address or a secret.
    assert.doesNotMatch(JSON.stringify(messages('ops')), /s3cret|R0UT1NG|127\.0\.0\.1/);
    for (const message of messages('ops')) await deliver([message]);
    const [hook, slack, teams, pager] = calls;
    const seconds = NOW_MS / 1000;
    const expected = createHmac('sha256', 's3cret').update(`${seconds}.${hook?.body}`).digest('hex');
    assert.equal(hook?.signature, `t=${seconds},v1=${expected}`);
    assert.deepEqual(JSON.parse(hook?.body ?? '').policy, { file: 'alerts.yaml', line: 3 });
    assert.doesNotMatch(slack?.body ?? '', /<!channel>|<https:/);
    assert.doesNotMatch(teams?.body ?? '', /[^\\]\[l\]\(/);
    const event = JSON.parse(pager?.body ?? '');
    assert.deepEqual([event.routing_key, event.event_action, event.dedup_key], ['R0UT1NG', 'trigger', 'errors-1']);
    assert.equal(event.payload.severity, 'critical');
  });

  for (const [status, isFinal] of [
    [500, false],
    [429, false],
    [302, false],
    [404, true],
  ] as const) {
    it(`is ${isFinal ? 'given up' : 'worth another try'} after ${status}`, async (t) => {
      const { calls, deliver, messages } = await start(t, status);
      const [hook] = messages('ops');
      assert.ok(hook);
      await assert.rejects(
        deliver([hook]),
        (error: DeliveryError) => error instanceof DeliveryError && error.isFinal === isFinal,
      );
      assert.equal(calls.length, 1);
    });
  }

  it('leaves out an optional address that is not set, and names one that should be', async (t) => {
    const { calls, deliver, messages } = await start(t);
    const [hook, slack] = messages('off');
    assert.ok(hook && slack);
    await deliver([hook]);
    await assert.rejects(deliver([slack]), /slack of Receiver off: env:NOWHERE is not set/);
    assert.deepEqual(calls, []);
  });
});
