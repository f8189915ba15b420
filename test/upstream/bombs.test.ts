import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { brotliCompressSync, constants, gzipSync, zstdCompressSync } from 'node:zlib';
import type { Upstream } from '../../src/upstream/index.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';
import { callOf, failureOf, HELLO, planOf, planTarget, upstreamOf } from './harness.ts';

const MIB = 1024 * 1024;
const BLOCK = 16 * MIB;

/** A gibibyte of one byte in about a megabyte, after a beginning: members of gzip one after the other are one file (RFC 1952, section 2.2). */
function gzipBomb(fill: string, head = ''): Buffer {
  const block = gzipSync(Buffer.alloc(BLOCK, fill), { level: 6 });
  return Buffer.concat([gzipSync(head), ...Array<Buffer>(64).fill(block)]);
}

function zstdBomb(fill: string, head: string): Buffer {
  const block = zstdCompressSync(Buffer.alloc(BLOCK, fill));
  return Buffer.concat([zstdCompressSync(head), ...Array<Buffer>(64).fill(block)]);
}

function brotliBomb(fill: string, head: string): Buffer {
  const whole = Buffer.concat([Buffer.from(head), Buffer.alloc(4 * BLOCK, fill)]);
  return brotliCompressSync(whole, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });
}

const JSON_HEAD = '{"choices":[{"message":{"content":"';
const EVENT_HEAD = 'data: {"choices":[{"delta":{"content":"';

describe('an answer that unpacks to a gibibyte', () => {
  let provider: ScriptedUpstream;
  let upstream: Upstream;
  before(async () => {
    provider = await startScriptedUpstream();
    upstream = upstreamOf({ maxBodyBytes: 4 * MIB });
  });
  after(async () => {
    await upstream.close();
    await provider.close();
  });

  const cases: readonly (readonly [string, string, () => Buffer, { status?: number; stream?: boolean }])[] = [
    ['zeros', 'gzip', () => gzipBomb('\0'), {}],
    ['blanks that never become anything', 'gzip', () => gzipBomb(' '), {}],
    ['an endless text in JSON', 'gzip', () => gzipBomb('0', JSON_HEAD), {}],
    ['an endless event', 'gzip', () => gzipBomb('0', EVENT_HEAD), { stream: true }],
    ['an endless comment before any event', 'gzip', () => gzipBomb('0', ': '), { stream: true }],
    ['an endless error', 'gzip', () => gzipBomb('0', '{"error":"'), { status: 500 }],
    ['zstd', 'zstd', () => zstdBomb('0', JSON_HEAD), {}],
    ['brotli, a sixteenth of it', 'br', () => brotliBomb('0', JSON_HEAD), {}],
  ];
  for (const [name, encoding, make, { status = 200, stream = false }] of cases) {
    it(`is cut off: ${name}`, async (t) => {
      const body = make();
      const headers = {
        'content-encoding': encoding,
        'content-type': stream ? 'text/event-stream' : 'application/json',
      };
      provider.enqueue({ status, headers, body });
      const plan = planOf([planTarget('premium/gpt', { url: provider.url })]);
      const before = process.memoryUsage().rss;
      let most = before;
      const looking = setInterval(() => {
        most = Math.max(most, process.memoryUsage().rss);
      }, 2);
      const failed = failureOf(await upstream.execute(callOf(plan, { body: { ...HELLO, stream } })));
      clearInterval(looking);
      const more = Math.round((Math.max(most, process.memoryUsage().rss) - before) / MIB);
      t.diagnostic(`${Math.round(body.length / 1024)} KiB on the wire, ${more} MiB more in memory`);
      assert.equal(failed.attempts[0]?.outcome, status === 500 ? 'server-error' : 'malformed');
      // An event may have 32 MiB before it is refused; a gibibyte would show.
      assert.ok(more < 200, `${more} MiB more`);
    });
  }
});

describe('an answer that begins with blanks', () => {
  it('is read all the same, as some providers send them to keep the connection', async (t) => {
    const provider = await startScriptedUpstream();
    const upstream = upstreamOf();
    t.after(() => Promise.all([upstream.close(), provider.close()]));
    const answer = { choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }] };
    const blanks = Array<string>(40).fill('\n          ');
    provider.enqueue({ headers: { 'content-type': 'application/json' }, chunks: [...blanks, JSON.stringify(answer)] });
    const executed = await upstream.execute(callOf(planOf([planTarget('premium/gpt', { url: provider.url })])));
    assert.equal(executed.kind, 'json');
  });
});
