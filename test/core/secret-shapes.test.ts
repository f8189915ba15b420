import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findSecrets, holdsSecret, maskSecrets } from '#core';

const TAIL = 'Ab3dEf6hIj9lMn2pQr5t';
const UPPER = 'ABCD2345EFGH6789';

/** One for every prefix, made up. */
const KEYS: readonly string[] = [
  ...['sk-', 'sk-ant-', 'sbx_', 'gsk_', 'xai-', 'hf_', 'pplx-', 'AIza', 'ya29.', 'github_pat_', 'glpat-', 'xapp-'],
  ...['sk_live_', 'pk_live_', 'rk_live_', 'sk_test_', 'pk_test_', 'rk_test_'],
  ...['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'xoxa-', 'xoxb-', 'xoxe-', 'xoxp-', 'xoxr-', 'xoxs-'],
].map((prefix) => prefix + TAIL);
const OTHERS = [
  `AKIA${UPPER}`,
  `ASIA${UPPER}`,
  `SG.${TAIL}.${TAIL}`,
  `eyJ${TAIL}.${TAIL}.${TAIL}`,
  `eyJ${TAIL}.${TAIL}`,
];

describe('keys known by their shape', () => {
  for (const key of [...KEYS, ...OTHERS, '-----BEGIN RSA PRIVATE KEY-----']) {
    test(`${key.slice(0, 12)}… is found, cut out and replaced wherever it stands`, () => {
      for (const text of [key, `the key ${key} is wrong`, `{"k":"${key}"}`]) {
        assert.ok(holdsSecret(text), text);
        assert.ok(!maskSecrets(text).includes(key.slice(8)), maskSecrets(text));
        const [found] = findSecrets(text);
        assert.equal(text.slice(found?.start, found?.end), key);
      }
    });
  }

  test('words with the same beginning are none', () => {
    for (const text of ['task-force', 'sk-short', 'risk-assessment-of-the-project', 'AIza', 'eyJ', 'SG.'])
      assert.ok(!holdsSecret(text), text);
  });
});
