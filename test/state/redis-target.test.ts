import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { StoreOpenError } from '../../src/state/index.ts';
import { parseRedisUrl, type RedisTarget } from '../../src/state/redis/redis-target.ts';

const PLAIN: RedisTarget = {
  kind: 'single',
  nodes: [{ host: 'cache', port: 6379 }],
  isTls: false,
  username: null,
  password: null,
  database: 0,
  masterName: null,
  sentinelPassword: null,
  caFile: null,
  ledger: 'sbx',
  timeoutMs: 250,
  display: 'redis://cache:6379',
};

const GOOD: readonly (readonly [string, Partial<RedisTarget>])[] = [
  ['redis://cache', {}],
  ['redis://cache/', {}],
  ['redis://cache:7000/3', { nodes: [{ host: 'cache', port: 7000 }], database: 3, display: 'redis://cache:7000' }],
  ['redis://:s3cret@cache', { password: 's3cret' }],
  ['redis://app:p%40ss@cache', { username: 'app', password: 'p@ss' }],
  ['redis://app:p@ss:word@cache', { username: 'app', password: 'p@ss:word' }],
  ['rediss://cache?ca=/etc/ca.pem', { isTls: true, caFile: '/etc/ca.pem', display: 'rediss://cache:6379' }],
  ['redis://[::1]:6380', { nodes: [{ host: '::1', port: 6380 }], display: 'redis://::1:6380' }],
  ['redis://cache?ledger=staging&timeout=1000', { ledger: 'staging', timeoutMs: 1000 }],
  [
    'redis+cluster://a:1,b:2,c',
    {
      kind: 'cluster',
      nodes: [
        { host: 'a', port: 1 },
        { host: 'b', port: 2 },
        { host: 'c', port: 6379 },
      ],
      display: 'redis+cluster://a:1,b:2,c:6379',
    },
  ],
  [
    'rediss+sentinel://:pw@a,b:7/main/2?sentinel_password=x',
    {
      kind: 'sentinel',
      nodes: [
        { host: 'a', port: 26379 },
        { host: 'b', port: 7 },
      ],
      isTls: true,
      password: 'pw',
      masterName: 'main',
      database: 2,
      sentinelPassword: 'x',
      display: 'rediss+sentinel://a:26379,b:7/main',
    },
  ],
];

const BAD: readonly (readonly [string, RegExp])[] = [
  ['', /no scheme of Redis/],
  ['http://cache', /no scheme of Redis/],
  ['redis://', /names no host/],
  ['redis://a:x', /names no host, or a port/],
  ['redis://a:70000', /port above 65535/],
  ['redis://a,b', /several hosts/],
  ['redis://a/x', /no whole number as the database/],
  ['redis+cluster://a/1', /a cluster has only 0/],
  ['redis+sentinel://a', /names no master/],
  ['redis://a?tiemout=1', /unknown parameter; known are ledger, timeout/],
  ['redis://a?timeout=0', /no whole number as the timeout/],
  ['redis://a?ledger={x}', /ledger that is not letters/],
  ['redis://u:100%@a', /begins no escape/],
];

describe('a Redis URL', () => {
  for (const [url, expected] of GOOD) {
    it(`is read: ${url}`, () => assert.deepEqual(parseRedisUrl(url), { ...PLAIN, ...expected }));
  }

  for (const [url, message] of BAD) {
    it(`is refused with what is wrong: ${url || '(nothing)'}`, () => {
      assert.throws(
        () => parseRedisUrl(url),
        (error) => error instanceof StoreOpenError && message.test(error.message),
      );
    });
  }

  it('shows its password nowhere, read or refused', () => {
    const password = fc.stringMatching(/^[\w%@:/?#,-]{6,20}$/).map((text) => `SECRET${text}`);
    fc.assert(
      fc.property(password, fc.constantFrom('', ':1', ':x', '/x', '?a=b', ',b'), (secret, rest) => {
        let shown: string;
        try {
          shown = parseRedisUrl(`redis://app:${encodeURIComponent(secret)}@cache${rest}`).display;
        } catch (error) {
          shown = `${error}${error instanceof StoreOpenError ? error.hint : ''}`;
        }
        assert.ok(!shown.includes('SECRET'), shown);
      }),
    );
  });
});
