import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { zstdCompressSync } from 'node:zlib';
import { createSeal, readSealKeys } from '../../../src/state/cache/seal.ts';
import { createAnswerStore } from '../../../src/state/index.ts';
import { makeTempDirectory } from '../../support/temp-directory.ts';

const NAME = 'a'.repeat(64);
const [OLD, NEW] = [randomBytes(32), randomBytes(32)];
const large = JSON.stringify({ words: 'It can be returned within thirty days. '.repeat(400) });

describe('the seal of kept answers', () => {
  it('packs large texts, with and without a key, and gives every text back', () => {
    for (const keys of [[], [OLD]]) {
      for (const text of ['', 'short', 'ä 日本 😀'.repeat(300), large]) {
        const sealed = createSeal(keys).close(NAME, text);
        assert.equal(createSeal(keys).open(NAME, sealed), text);
      }
      assert.ok(createSeal(keys).close(NAME, large).length < large.length / 20, 'a large text shrinks');
    }
  });

  it('opens with old keys what they have closed, and closes with the newest alone', () => {
    const kept = createSeal([OLD]).close(NAME, 'kept before');
    const rotated = createSeal([NEW, OLD]);
    assert.equal(rotated.open(NAME, kept), 'kept before');
    const now = rotated.close(NAME, 'kept since');
    assert.equal(createSeal([NEW]).open(NAME, now), 'kept since');
    assert.equal(createSeal([OLD]).open(NAME, now), null);
    assert.equal(createSeal([NEW]).open(NAME, kept), null, 'without the old key it is gone');
  });

  it('opens nothing that is cut, changed, moved to another name, or unpacks without end', () => {
    for (const keys of [[], [OLD]]) {
      const seal = createSeal(keys);
      const sealed = seal.close(NAME, large);
      for (let at = 0; at < sealed.length; at += 7) {
        const changed = Buffer.from(sealed);
        changed[at] = (changed[at] ?? 0) ^ 0x40;
        assert.ok(createSeal(keys).open(NAME, changed) === null, `byte ${at}`);
        assert.ok(createSeal(keys).open(NAME, sealed.subarray(0, at)) === null, `cut at ${at}`);
      }
      assert.equal(createSeal(keys).open('b'.repeat(64), sealed), null);
    }
    const bomb = 'x'.repeat(65 * 1024 * 1024);
    assert.ok(zstdCompressSync(bomb).length < 100_000);
    assert.equal(createSeal([]).open(NAME, createSeal([]).close(NAME, bomb)), null);
  });

  it('is rotated by the setting: old answers are found until the old key is taken away', async (t) => {
    const dataDir = makeTempDirectory(t);
    const [old, fresh] = [OLD.toString('hex'), NEW.toString('base64')];
    const nowMs = () => 1_760_000_000_000;
    const labels = { cache: 'c', route: 'r', consumer: 'u', tags: [] };
    const answer = { key: NAME, labels, storedAtMs: nowMs(), expiresAtMs: nowMs() + 1e9, text: 'secret words' };
    const open = (sealKey: string) => createAnswerStore({ dataDir, nowMs, sealKey });
    const first = await open(old);
    await first.put(answer);
    const question = { key: NAME, scope: 's', embedder: 'e', text: 'secret words', vector: Float32Array.of(1, 2) };
    await first.questions.put({ ...question, expiresAtMs: answer.expiresAtMs });
    await first.close();
    const second = await open(`${fresh}, ${old}`);
    assert.equal((await second.get(NAME))?.text, 'secret words');
    assert.equal((await second.questions.after(null)).questions[0]?.text, 'secret words');
    await second.close();
    assert.equal(readFileSync(join(dataDir, 'cache.db')).indexOf('secret words'), -1);
    const third = await open(fresh);
    assert.equal(await third.get(NAME), null);
    assert.deepEqual((await third.questions.after(null)).questions, []);
    await third.close();
  });

  it('refuses a list with something in it that is no key, by name', () => {
    assert.deepEqual(readSealKeys(''), []);
    for (const text of ['short', `${OLD.toString('hex')},`, `${OLD.toString('hex')},abc`]) {
      assert.throws(() => readSealKeys(text), /SIGNALBOX_CACHE_KEY/);
    }
  });
});
