import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { type AnswerStore, createAnswerStore, type StoredAnswer } from '../../../src/state/index.ts';
import { requireProgram } from '../../support/skip.ts';
import { startRedis } from '../../support/start-redis.ts';
import { makeTempDirectory } from '../../support/temp-directory.ts';

const NOW = 1_760_000_000_000;
const hex = (n: number) => n.toString(16).padStart(64, '0');
const answer = (n: number, more: Partial<StoredAnswer> = {}): StoredAnswer => ({
  key: hex(n),
  labels: { cache: 'faq', route: 'help', consumer: 'team', tags: ['public'] },
  storedAtMs: NOW,
  expiresAtMs: NOW + 60_000,
  text: JSON.stringify({ n, words: 'ä 日本 '.repeat(400) }),
  ...more,
});

type Open = (more?: { readonly maxBytes?: number; readonly sealKey?: string }) => Promise<AnswerStore>;
interface Bench {
  readonly clock: { nowMs: number };
  readonly open: Open;
}

const STORES: Readonly<Record<string, (t: TestContext) => Promise<Bench | null>>> = {
  async memory() {
    const clock = { nowMs: NOW };
    const open: Open = (more) => createAnswerStore({ url: 'memory:', dataDir: '', nowMs: () => clock.nowMs, ...more });
    return { clock, open };
  },
  async sqlite(t) {
    const clock = { nowMs: NOW };
    const dataDir = makeTempDirectory(t);
    return { clock, open: (more) => createAnswerStore({ dataDir, nowMs: () => clock.nowMs, ...more }) };
  },
  async redis(t) {
    const program = requireProgram(t, 'redis-server');
    if (program === undefined) return null;
    const { url } = await startRedis(t, program);
    // Redis goes by its own clock.
    const clock = { nowMs: Date.now() };
    return { clock, open: (more) => createAnswerStore({ url, dataDir: '', nowMs: () => clock.nowMs, ...more }) };
  },
};

for (const [name, make] of Object.entries(STORES)) {
  describe(`answers in ${name}`, () => {
    const test = (title: string, run: (bench: Bench, t: TestContext) => Promise<void>) =>
      it(title, async (t) => {
        const bench = await make(t);
        if (bench !== null) await run(bench, t);
      });
    const fresh = (bench: Bench, n: number, more: Partial<StoredAnswer> = {}) =>
      answer(n, { storedAtMs: bench.clock.nowMs, expiresAtMs: bench.clock.nowMs + 60_000, ...more });

    test('come back as they were kept, until their end', async (bench) => {
      const store = await bench.open();
      const kept = fresh(bench, 1);
      assert.equal(await store.get(kept.key), null);
      await store.put(kept);
      assert.deepEqual(await store.get(kept.key), kept);
      await store.put({ ...kept, text: 'newer' });
      assert.equal((await store.get(kept.key))?.text, 'newer');
      bench.clock.nowMs += 60_000;
      assert.equal(await store.get(kept.key), null);
      await store.close();
    });

    test('are thrown away by every label and by key, and by all of them at once', async (bench) => {
      const store = await bench.open();
      const labels = { cache: 'faq', route: 'help', consumer: 'team', tags: ['public', 'a'] };
      const others: readonly Partial<StoredAnswer['labels']>[] = [
        { cache: 'other' },
        { route: 'other' },
        { consumer: 'other' },
        { tags: ['b'] },
        {},
      ];
      const fill = () =>
        Promise.all(others.map((other, n) => store.put(fresh(bench, n + 1, { labels: { ...labels, ...other } }))));
      for (const [query, purged] of [
        [{ cache: 'other' }, 1],
        [{ route: 'help' }, 4],
        [{ consumer: 'other' }, 1],
        [{ tag: 'a' }, 4],
        [{ tag: 'public', route: 'other' }, 1],
        [{ key: hex(3) }, 1],
        [{ key: 'ff' }, 0],
        [{}, 5],
      ] as const) {
        await fill();
        assert.equal(await store.purge(query), purged, JSON.stringify(query));
        await store.purge({});
      }
      assert.equal((await store.size()).entries, 0);
      await store.close();
    });

    test('sealed with a key are found with that key alone', async (bench) => {
      const [first, second] = [randomBytes(32).toString('base64'), randomBytes(32).toString('hex')];
      const kept = fresh(bench, 1);
      const store = await bench.open({ sealKey: first });
      await store.put(kept);
      assert.deepEqual(await store.get(kept.key), kept);
      if (store.kind === 'memory') return store.close();
      await store.close();
      for (const sealKey of [second, '']) {
        const other = await bench.open({ sealKey });
        assert.equal(await other.get(kept.key), null);
        await other.put(fresh(bench, 2));
        await other.close();
      }
      // What was written without a key is not trusted where there is one.
      const again = await bench.open({ sealKey: first });
      assert.equal(await again.get(hex(2)), null);
      await again.close();
    });
  });
}

describe('the bounds and the file of kept answers', () => {
  it('memory and disk stay within their bytes, and keep what is asked for', async (t) => {
    for (const name of ['memory', 'sqlite']) {
      const bench = await STORES[name]!(t);
      const store = await bench!.open({ maxBytes: 60_000 });
      const text = randomBytes(2000).toString('base64');
      for (let n = 1; n <= 100; n++) {
        bench!.clock.nowMs += 61_000;
        await store.put(answer(n, { text, expiresAtMs: NOW + 1e9 }));
        assert.notEqual(await store.get(hex(1)), null, `${name}: the one that is asked for stays`);
        const { bytes } = await store.size();
        assert.ok(bytes <= 60_000, `${name}: ${bytes} bytes after ${n}`);
      }
      const [second, last] = await Promise.all([store.get(hex(2)), store.get(hex(100))]);
      // On disk the latest ones stay; in memory one of those that nobody asked for again, whichever it is.
      if (name === 'sqlite') assert.deepEqual([second === null, last === null], [true, false]);
      assert.ok((await store.size()).entries < 25, name);
      await store.close();
    }
  });

  it('in memory, a run of questions that nobody repeats does not push out those that many ask', async () => {
    const store = await createAnswerStore({ url: 'memory:', dataDir: '', nowMs: () => NOW, maxBytes: 100_000 });
    const text = 'x'.repeat(1000);
    const often = Array.from({ length: 30 }, (_, n) => n + 1);
    for (const n of often) await store.put(answer(n, { text }));
    for (let round = 0; round < 5; round++) for (const n of often) await store.get(hex(n));
    for (let n = 1000; n < 2000; n++) await store.put(answer(n, { text }));
    const kept = await Promise.all(often.map((n) => store.get(hex(n))));
    const count = kept.filter((each) => each !== null).length;
    assert.ok(count >= 25, `${count} of 30 are still there; by recency alone none would be`);
    await store.close();
  });

  it('what is larger than the memory may hold is not kept', async () => {
    const store = await createAnswerStore({ url: 'memory:', dataDir: '', nowMs: () => NOW, maxBytes: 50_000 });
    await store.put(answer(1, { text: randomBytes(60_000).toString('base64') }));
    assert.equal(await store.get(hex(1)), null);
    assert.equal((await store.size()).bytes, 0);
    await store.close();
  });

  it('a file that is torn, foreign or of another layout is begun anew; no changed row is ever given', async (t) => {
    const dataDir = makeTempDirectory(t);
    const open = () => createAnswerStore({ dataDir, nowMs: () => NOW });
    const file = join(dataDir, 'cache.db');
    writeFileSync(
      file,
      'not a database at all, but long enough to be read as a header by anybody who tries to '.repeat(20),
    );
    const first = await open();
    await first.put(answer(1, { text: 'plain words that can be found in the file' }));
    await first.close();
    const bytes = readFileSync(file);
    const at = bytes.indexOf('plain words');
    assert.ok(at > 0);
    bytes[at] = 0x51;
    writeFileSync(file, bytes);
    const second = await open();
    assert.equal(await second.get(hex(1)), null);
    await second.close();
  });

  it('a key that is no key is refused by name', async () => {
    await assert.rejects(
      createAnswerStore({ url: 'memory:', dataDir: '', nowMs: () => 0, sealKey: 'short' }),
      /SIGNALBOX_CACHE_KEY/,
    );
  });

  it('a sealed file holds none of the words', async (t) => {
    const dataDir = makeTempDirectory(t);
    const store = await createAnswerStore({ dataDir, nowMs: () => NOW, sealKey: randomBytes(32).toString('hex') });
    await store.put(answer(1, { text: 'secret words' }));
    await store.close();
    assert.equal(readFileSync(join(dataDir, 'cache.db')).indexOf('secret words'), -1);
  });
});
