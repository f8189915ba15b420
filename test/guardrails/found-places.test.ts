import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CHECKS, type CheckOptions } from '#guardrails';
import { compiledOf, spansIn } from '../support/run-check.ts';

/** Check, what the case shows, text, and what is to be found in it. */
type Case = readonly [check: string, name: string, text: string, found: readonly string[], options?: CheckOptions];

const ONLY: CheckOptions = { allow: ['example.com', '*.example.com'] };
const PHRASES: CheckOptions = { phrases: ['guaranteed returns'] };
const BLOB = Buffer.from(Array.from({ length: 96 }, (_, index) => (index * 89 + 31) % 256)).toString('base64');

const CASES: readonly Case[] = [
  ['credit-card', 'two blocks', '4111111111111111 5500005555555559', ['4111111111111111', '5500005555555559']],
  [
    'credit-card',
    'eight fours',
    '4111 1111 1111 1111 5500 0000 0000 0004',
    ['4111 1111 1111 1111', '5500 0000 0000 0004'],
  ],
  ['credit-card', 'a comma', '4111111111111111,5500005555555559', ['4111111111111111', '5500005555555559']],
  ['credit-card', 'a line', '4111-1111-1111-1111\n5500005555555559', ['4111-1111-1111-1111', '5500005555555559']],
  [
    'credit-card',
    'a comma and a space',
    '3782-822463-10005, 4111 1111 1111 1111',
    ['3782-822463-10005', '4111 1111 1111 1111'],
  ],
  [
    'credit-card',
    'unlike neighbours',
    '3782 822463 10005 4111 1111 1111 1111',
    ['3782 822463 10005', '4111 1111 1111 1111'],
  ],
  ['credit-card', 'a date behind', '4111 1111 1111 1111 12/29', ['4111 1111 1111 1111']],
  ['credit-card', 'a number before', 'Order 12345 4111 1111 1111 1111', ['4111 1111 1111 1111']],
  ['credit-card', 'a suffix', 'Order #4111111111111111-001', ['4111111111111111']],
  ['credit-card', 'dots', '4111.1111.1111.1111', ['4111.1111.1111.1111']],
  ['credit-card', 'digits apart', '4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1', ['4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1']],
  [
    'credit-card',
    'full width',
    '４１１１－１１１１－１１１１－１１１１です',
    ['４１１１－１１１１－１１１１－１１１１'],
  ],
  ['credit-card', 'no fraction', 'p = 0.4111111111111111', []],
  ['credit-card', 'no column of figures', '1000 4111 1111 1111 1111 2000', []],
  ['credit-card', 'no part of a word', 'id4111111111111111x', []],
  ['email-address', 'an encoded host', 'a@xn--d1acufc.xn--p1ai', ['a@xn--d1acufc.xn--p1ai']],
  ['email-address', 'a host in another script', '宛先はinfo@例え.jpです', ['info@例え.jp']],
  ['email-address', 'a host by number', 'root@192.0.2.7 failed', ['root@192.0.2.7']],
  ['ip-address', 'a prefix', 'from 2001:db8::/32.', ['2001:db8::/32']],
  ['ip-address', 'a zone', 'fe80::1%eth0 is up', ['fe80::1%eth0']],
  ['ip-address', 'a colon before', 'host:192.0.2.7', ['192.0.2.7']],
  ['phone-number', 'words behind', '37 788 063-Office', ['37 788 063']],
  ['phone-number', 'a trunk zero in brackets', '+41 (0)44 668 18 00', ['+41 (0)44 668 18 00']],
  ['phone-number', 'a nearer word for another number', 'Call us about card 3782 822463 10005', []],
  ['my-number', 'no number of an order', '注文番号 123456789018', []],
  ['credential-assignment', 'a parameter', 'GET /login?auth_token=s4mple-token-9', ['s4mple-token-9']],
  ['credential-assignment', 'an assignment inside', 'session: /data?sess=s4mplesample9', ['s4mplesample9']],
  ['auth-header', 'all cookies', 'Cookie: a=s4mple-value; b=other', ['Cookie: a=s4mple-value; b=other']],
  ['jwt-token', 'a header alone is none', 'eyJhbGciOiJub25lIn0.incomplete', []],
  ['pattern', 'every place', 'EMP-000001 and EMP-000002', ['EMP-000001', 'EMP-000002'], { pattern: 'EMP-[0-9]{6}' }],
  ['pattern', 'nothing of no length', 'aaa', [], { pattern: 'b*' }],
  ['pattern', 'letters of any script', '社員番号は甲-12です', ['甲-12'], { pattern: '\\p{Han}-\\d{2}' }],
  ['url-list', 'a login before the host', 'https://example.com@evil.test/', ['https://example.com@evil.test/'], ONLY],
  [
    'url-list',
    'a backslash for a slash',
    'https://evil.test\\@example.com/',
    ['https://evil.test\\@example.com/'],
    ONLY,
  ],
  ['url-list', 'percent signs in a host', 'http://%65vil.test/a', ['http://%65vil.test/a'], ONLY],
  ['url-list', 'a port, upper case and the root point', 'HTTPS://Docs.Example.COM.:8443/a', [], ONLY],
  ['url-list', 'a longer name that ends alike', 'https://notexample.com', ['https://notexample.com'], ONLY],
  [
    'url-list',
    'a longer name that begins alike',
    'https://example.com.evil.test',
    ['https://example.com.evil.test'],
    ONLY,
  ],
  ['url-list', 'the end of a sentence', '(see www.evil.test).', ['www.evil.test'], ONLY],
  ['url-list', 'other schemes', 'ftp://files.evil.test/a', ['ftp://files.evil.test/a'], ONLY],
  ['url-list', 'denied hosts alone', 'https://a.test https://b.test', ['https://b.test'], { deny: ['b.test'] }],
  [
    'markdown-links',
    'a reference',
    'See [it][1].\n\n[1]: https://evil.test/?q=1',
    ['[1]: https://evil.test/?q=1'],
    ONLY,
  ],
  ['markdown-links', 'HTML', '<a href="//evil.test/a">x</a>', ['<a href="//evil.test/a">'], ONLY],
  ['markdown-links', 'no image', '![x](https://evil.test/a.png)', [], ONLY],
  ['markdown-links', 'its own page', '[x](/docs/a.md)', [], ONLY],
  [
    'markdown-images',
    'HTML',
    '<img alt=a src=https://evil.test/a.png>',
    ['<img alt=a src=https://evil.test/a.png>'],
    ONLY,
  ],
  ['markdown-images', 'a title', '![x](https://evil.test/a "b")', ['![x](https://evil.test/a "b")'], ONLY],
  ['forbidden-phrases', 'signs between the words', 'GUARANTEED, -- returns!', ['GUARANTEED, -- returns'], PHRASES],
  ['forbidden-phrases', 'no longer word', 'unguaranteed returns', [], PHRASES],
  ['forbidden-phrases', 'Japanese', '元本保証です。', ['元本保証'], { phrases: ['元本保証'] }],
  ['deny-words', 'full width', 'ＡＵＲＯＲＡ', ['ＡＵＲＯＲＡ'], { words: ['aurora'] }],
  ['sql', 'columns', 'select id, max(age) as age from users where 1', ['select id, max(age) as age from users']],
  ['sql', 'an injection', "name' OR '1'='1", ["' OR '1'='1"]],
  ['sql', 'no English', 'Please select an offer from our list and update your address.', []],
  ['base64-blob', 'a file', `x ${BLOB} y`, [BLOB]],
  ['base64-blob', 'no path', 'a/very/long/path/'.repeat(8), []],
  ['secret-entropy', 'no UUID', '550e8400-e29b-41d4-a716-446655440000', []],
  ['secret-entropy', 'no name of a class', 'AbstractSingletonProxyFactoryBean2024V2', []],
];

describe('places that checks find', () => {
  for (const [name, shows, text, found, options = {}] of CASES) {
    it(`${name}: ${shows}`, () => {
      const check = CHECKS.get(name);
      assert.ok(check !== undefined);
      const spans = compiledOf(check, options).flatMap((each) => (each.kind === 'spans' ? spansIn(each, text) : []));
      assert.deepEqual(
        spans.map(({ start, end }) => text.slice(start, end)),
        found,
      );
    });
  }
});
