import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { createBoard } from '#state';
import { startGateway } from '../../src/gateway/index.ts';
import { fortnight, writeHistory } from '../reports/write-history.ts';
import { requireProgram } from '../support/skip.ts';
import { startRedis, until } from '../support/start-redis.ts';
import { startSmtp, type TestSmtp } from '../support/start-smtp.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

const HEAD = (kind: string, name: string) =>
  `apiVersion: signalbox/v1\nkind: ${kind}\nmetadata: { name: ${name}, owner: platform }\n`;
const FILES = {
  'signalbox.yaml': `${HEAD('Project', 'test')}spec:\n  timezone: Asia/Tokyo\n  anonymous: guest\n  mail: { from: "Signalbox <signalbox@example.com>", server: { env: SMTP_URL } }\n`,
  'guest.yaml': `${HEAD('Consumer', 'guest')}spec: { keys: [] }\n`,
  'chain.yaml': `${HEAD('Chain', 'main')}spec: { targets: [{ id: first, model: sandbox/echo }] }\n`,
  'route.yaml': `${HEAD('Route', 'default')}spec: { match: {}, chain: main }\n`,
  'leads.yaml': `${HEAD('Receiver', 'leads')}spec: { email: { to: [leads@example.com] } }\n`,
  'monday.yaml': `${HEAD('Report', 'monday')}spec: { schedule: "0 9 * * MON", to: [leads] }\n`,
};

const HOUR_MS = 3_600_000;
const WEEK_MS = 168 * HOUR_MS;
/** Monday, 9:00 in Tokyo; the week before ended nine hours earlier. */
const DUE_MS = Date.parse('2026-11-23T00:00:00Z');
const WEEK_END_MS = DUE_MS - 9 * HOUR_MS;

interface Clock {
  nowMs: number;
}

async function start(t: TestContext, clock: Clock, smtp: TestSmtp, dataDir: string, storeUrl: string | null = null) {
  const gateway = await startGateway(
    {
      ...{
        environment: 'development',
        port: 0,
        watch: false,
        policies: makeTempDirectory(t, FILES),
        dataDir,
        storeUrl,
      },
      ...{ env: { SMTP_URL: smtp.url }, alertEveryMs: 30, reportEveryMs: 30 },
      log: { info: () => undefined, warn: () => undefined, error: (fields, text) => console.error(text, fields) },
    },
    { nowMs: () => clock.nowMs, draw: Math.random },
  );
  t.after(() => gateway.close(0));
  return gateway;
}

/** Until the gateways have seen that there is a report, which begins with its next time. */
const noticed = (clock: Clock, dataDir: string, url: string | null = null) =>
  noted(/:monday:sent$/, 1, clock, dataDir, url);

/** Until so many notes with such names are on the board. */
async function noted(names: RegExp, count: number, clock: Clock, dataDir: string, url: string | null): Promise<void> {
  const board = await createBoard({ url, dataDir, nowMs: () => clock.nowMs });
  await until(async () => Object.keys(await board.list()).filter((name) => names.test(name)).length >= count);
  await board.close();
}

/** Lets time go by, as fast as a gateway can follow, until something is so. */
async function pass(clock: Clock, isSo: () => boolean): Promise<void> {
  await until(async () => {
    clock.nowMs += 5_000;
    await new Promise((resolve) => setTimeout(resolve, 50));
    return isSo();
  });
}

describe('the weekly report', () => {
  it('is mailed once when it is due, with its charts, and not for the time before it was written', async (t) => {
    const smtp = await startSmtp(t);
    const dataDir = makeTempDirectory(t);
    const requests = fortnight(WEEK_END_MS, 1);
    await writeHistory(dataDir, requests);
    const clock = { nowMs: DUE_MS - HOUR_MS };
    await start(t, clock, smtp, dataDir);
    await noticed(clock, dataDir);
    assert.equal(smtp.mails.length, 0, 'nobody waited for the report of the week before');
    clock.nowMs = DUE_MS;
    await pass(clock, () => smtp.mails.length > 0);
    const [mail] = smtp.mails;
    const now = requests.filter(({ atMs }) => atMs >= WEEK_END_MS - WEEK_MS);
    const usd = now.reduce((sum, { costMicroUsd }) => sum + costMicroUsd, 0) / 1e6;
    assert.equal(mail?.headers.get('x-signalbox-report'), 'monday');
    assert.ok(
      mail?.subject?.startsWith(`[dev] Weekly report 2026-11-16 – 2026-11-22: ${usd.toFixed(2)} USD (+`),
      String(mail?.subject),
    );
    assert.ok(mail?.text?.includes(`${usd.toFixed(2)} USD`) && mail.text.includes('monday · monday.yaml:1'));
    const images = mail?.attachments ?? [];
    assert.deepEqual(
      images.map(({ contentType }) => contentType),
      ['image/png', 'image/png'],
    );
    for (const { content } of images) assert.equal(content.subarray(1, 4).toString(), 'PNG');
    // The page shows what is attached, and loads nothing from elsewhere.
    assert.ok(!/(?:src|href)="(?!cid:|data:image\/png)/.test(mail?.html || 'x src="none"'), 'a foreign address');
    const untilMs = clock.nowMs + 90_000;
    await pass(clock, () => clock.nowMs > untilMs);
    assert.equal(smtp.mails.length, 1, 'once');
  });

  it('comes late after a downtime, for the latest of what was missed, and once', async (t) => {
    const smtp = await startSmtp(t);
    const dataDir = makeTempDirectory(t);
    await writeHistory(dataDir, fortnight(WEEK_END_MS + WEEK_MS, 1));
    const clock = { nowMs: DUE_MS - HOUR_MS };
    const first = await start(t, clock, smtp, dataDir);
    await noticed(clock, dataDir);
    await first.close(0);
    // Two Mondays go by.
    clock.nowMs = DUE_MS + WEEK_MS + 30 * HOUR_MS;
    await start(t, clock, smtp, dataDir);
    await pass(clock, () => smtp.mails.length > 0);
    const untilMs = clock.nowMs + 90_000;
    await pass(clock, () => clock.nowMs > untilMs);
    assert.deepEqual(
      smtp.mails.map(({ subject }) => subject?.slice(0, 45)),
      ['[dev] Weekly report 2026-11-23 – 2026-11-29: '],
    );
  });

  it('adds up the ledgers of replicas over Redis, in one mail', async (t) => {
    const program = requireProgram(t, 'redis-server');
    if (program === undefined) return;
    const { url } = await startRedis(t, program);
    const smtp = await startSmtp(t);
    const requests = fortnight(WEEK_END_MS, 1);
    const folders = [makeTempDirectory(t), makeTempDirectory(t)];
    for (const [at, dataDir] of folders.entries()) {
      await writeHistory(
        dataDir,
        requests.filter((_, index) => index % 2 === at),
        `req_${at}`,
      );
    }
    const clock = { nowMs: DUE_MS - HOUR_MS };
    const gateways = [];
    for (const dataDir of folders) gateways.push(await start(t, clock, smtp, dataDir, url));
    for (const dataDir of folders) await noticed(clock, dataDir, url);
    clock.nowMs = DUE_MS + 6_000;
    await noted(/:monday:figures:/, 2, clock, '', url);
    await pass(clock, () => smtp.mails.length > 0);
    const untilMs = clock.nowMs + 90_000;
    await pass(clock, () => clock.nowMs > untilMs);
    const usd = requests
      .filter(({ atMs }) => atMs >= WEEK_END_MS - WEEK_MS)
      .reduce((sum, { costMicroUsd }) => sum + costMicroUsd / 1e6, 0);
    assert.equal(smtp.mails.length, 1);
    assert.ok(smtp.mails[0]?.subject?.includes(`: ${usd.toFixed(2)} USD (`), String(smtp.mails[0]?.subject));
    for (const gateway of gateways) await gateway.close(0);
  });
});
