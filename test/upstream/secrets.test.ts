import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createKeyPool } from '../../src/upstream/auth/key-pool.ts';
import { createSecrets, type SecretRef } from '../../src/upstream/index.ts';
import { planTarget } from './harness.ts';

const ref = (source: SecretRef['source'], name: string, optional = false): SecretRef => ({
  id: `${source}:${name}`,
  source,
  name,
  optional,
});
const bearer = (...secrets: readonly SecretRef[]) => ({ kind: 'bearer' as const, header: null, secrets });
const nobody = { env: {}, readFile: () => '', nowMs: () => 0 };

describe('secrets', () => {
  it('come from the environment, without the white space around them', () => {
    const secrets = createSecrets({ ...nobody, env: { KEY: ' sk-1\n' } });
    assert.equal(secrets.resolve(ref('env', 'KEY')), 'sk-1');
    assert.equal(secrets.problem(ref('env', 'KEY')), null);
    assert.equal(secrets.resolve(ref('env', 'NONE')), null);
    assert.equal(secrets.problem(ref('env', 'NONE')), 'the environment variable NONE is not set');
  });

  it('come from files, read anew when they have changed', () => {
    let nowMs = 0;
    let content = 'one\n';
    let reads = 0;
    const secrets = createSecrets({
      env: {},
      nowMs: () => nowMs,
      readFile: () => {
        reads += 1;
        return content;
      },
    });
    const file = ref('file', '/run/secrets/key');
    assert.equal(secrets.resolve(file), 'one');
    content = 'two\n';
    assert.equal(secrets.resolve(file), 'one');
    nowMs = 1000;
    assert.equal(secrets.resolve(file), 'two');
    assert.equal(reads, 2);
  });

  it('say why they are missing, and never what they are', () => {
    const secrets = createSecrets({
      env: { BAD: 'sk-with space' },
      nowMs: () => 0,
      readFile: () => {
        throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
      },
    });
    assert.equal(secrets.problem(ref('file', '/nowhere')), 'the file /nowhere cannot be read (ENOENT)');
    assert.equal(secrets.problem(ref('store', 'vault/key')), 'store:vault/key: no secret store is asked here');
    const bad = secrets.problem(ref('env', 'BAD')) ?? '';
    assert.match(bad, /BAD holds white space/);
    assert.doesNotMatch(bad, /sk-with/);
    assert.equal(secrets.resolve(ref('env', 'BAD')), null);
  });

  it('that are missing are listed by id, but for optional ones', () => {
    const { provider } = planTarget('a/b', {
      url: 'http://x',
      auth: bearer(ref('env', 'KEY_A'), ref('env', 'KEY_B')),
      provider: {
        headers: [
          { name: 'X-Org', value: ref('env', 'ORG', true) },
          { name: 'X-Team', value: ref('env', 'TEAM') },
          { name: 'X-Plain', value: 'text' },
        ],
      },
    });
    const secrets = createSecrets({ ...nobody, env: { KEY_A: 'a' } });
    assert.deepEqual([...secrets.missing([provider])], ['env:KEY_B', 'env:TEAM']);
  });

  it('are compared by a fingerprint', () => {
    const secrets = createSecrets({ ...nobody, env: { KEY: 'abc' } });
    assert.equal(secrets.fingerprint(ref('env', 'KEY')), 'ba7816bf');
    assert.equal(secrets.fingerprint(ref('env', 'NONE')), null);
  });

  it('of a pool are used in turn, and rest after a refusal', () => {
    let nowMs = 0;
    const secrets = createSecrets({ ...nobody, env: { A: 'a', B: 'b' } });
    const pool = createKeyPool(secrets, () => nowMs);
    const auth = bearer(ref('env', 'A'), ref('env', 'B'), ref('env', 'NONE'));
    const used = () => Array.from({ length: 6 }, () => pool.next(auth)?.value);
    assert.deepEqual(new Set(used()), new Set(['a', 'b']));
    const refused = pool.next(auth);
    assert.ok(refused !== null);
    pool.rest(refused, 1000);
    assert.deepEqual(new Set(used()), new Set([refused.value === 'a' ? 'b' : 'a']));
    nowMs = 1000;
    assert.deepEqual(new Set(used()), new Set(['a', 'b']));
  });

  it('of a pool in which all rest are used all the same', () => {
    const secrets = createSecrets({ ...nobody, env: { A: 'a', B: 'b' } });
    const pool = createKeyPool(secrets, () => 0);
    const auth = bearer(ref('env', 'A'), ref('env', 'B'));
    pool.rest({ ref: ref('env', 'A'), value: 'a' }, 1000);
    pool.rest({ ref: ref('env', 'B'), value: 'b' }, 1000);
    assert.notEqual(pool.next(auth), null);
  });
});
