import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseCurl } from '../../src/cli/explain/parse-curl.ts';
import { splitWords } from '../../src/cli/explain/split-words.ts';

const lines: readonly (readonly [line: string, words: readonly string[]])[] = [
  ['a b  c', ['a', 'b', 'c']],
  [`a 'b c' "d e"`, ['a', 'b c', 'd e']],
  [`-H'a: b'"c"d`, ['-Ha: bcd']],
  [`"a \\"b\\" \\n $X"`, ['a "b" \\n $X']],
  ["'it'\\''s'", ["it's"]],
  ["$'a\\nb\\'c'", ["a\nb'c"]],
  ['a \\\n  b \\\r\n c', ['a', 'b', 'c']],
  ['a ^\r\n b', ['a', 'b']],
  ["a ''", ['a', '']],
  ['', []],
];

describe('splitting a command line', () => {
  for (const [line, words] of lines) {
    it(`gives ${JSON.stringify(words)} for ${JSON.stringify(line)}`, () => {
      assert.deepEqual(splitWords(line), { kind: 'words', words });
    });
  }

  it('says where a quote is never closed', () => {
    assert.deepEqual(splitWords("curl 'a"), { kind: 'mistake', message: 'the quote at character 6 is never closed' });
    assert.equal(splitWords('a\\').kind, 'mistake');
  });

  it('gives back every word that was quoted, in single or in double quotes', () => {
    const words = fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 5 });
    const single = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;
    const double = (word: string) => `"${word.replace(/["\\$`]/g, '\\$&')}"`;
    fc.assert(
      fc.property(words, fc.boolean(), (list, isDouble) => {
        const line = list.map(isDouble ? double : single).join(' ');
        assert.deepEqual(splitWords(line), { kind: 'words', words: list });
      }),
    );
  });

  it('ends with words or a mistake for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => ['words', 'mistake'].includes(splitWords(text).kind)),
    );
  });
});

const URL = 'http://127.0.0.1:8787/v1/chat/completions';
const text = (value: string) => ({ kind: 'text', text: value });

const calls: readonly (readonly [line: string, call: object])[] = [
  [`curl ${URL}`, { method: 'GET', url: URL, headers: {}, data: [] }],
  [
    `curl -sSX POST ${URL} -H 'Content-Type: application/json' -d '{"model":"gpt-4o"}'`,
    { method: 'POST', url: URL, headers: { 'content-type': 'application/json' }, data: [text('{"model":"gpt-4o"}')] },
  ],
  [
    `/usr/bin/curl --json '{}' --url ${URL} -i -o /dev/null`,
    { method: 'POST', url: URL, headers: { 'content-type': 'application/json' }, data: [text('{}')] },
  ],
  [
    `curl ${URL} -d @body.json --data-binary @raw --data-raw @text`,
    {
      method: 'POST',
      url: URL,
      headers: {},
      data: [
        { kind: 'file', path: 'body.json', keepsLines: false },
        { kind: 'file', path: 'raw', keepsLines: true },
        text('@text'),
      ],
    },
  ],
  [
    `curl ${URL} -H "x-signalbox-metadata: {\\"topic\\":\\"returns\\"}" -H 'a: 1' -H 'A: 2' -H 'empty:'`,
    { method: 'GET', url: URL, headers: { 'x-signalbox-metadata': '{"topic":"returns"}', a: '1, 2' }, data: [] },
  ],
];

const mistakes: readonly (readonly [line: string, message: RegExp])[] = [
  ['wget x', /does not begin with curl/],
  ['curl -s', /names no URL/],
  ['curl a b', /names two URLs, a and b/],
  ['curl a --frobnicate', /option --frobnicate is not known/],
  ['curl a -d', /option -d has no argument/],
  ['curl a -H novalue', /header has no colon/],
  ["curl a -d '", /never closed/],
];

describe('reading a curl line', () => {
  for (const [line, call] of calls) {
    it(`understands ${line}`, () => assert.deepEqual(parseCurl(line), { kind: 'call', call }));
  }
  for (const [line, message] of mistakes) {
    it(`refuses ${line}`, () => {
      const result = parseCurl(line);
      assert.ok(result.kind === 'mistake');
      assert.match(result.message, message);
    });
  }

  it('reads back any header and body', () => {
    const quoted = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;
    const name = fc.stringMatching(/^[a-z][a-z-]{0,10}$/);
    const value = fc.stringMatching(/^[!-~]([ -~]*[!-~])?$/);
    fc.assert(
      fc.property(fc.dictionary(name, value), fc.string(), (headers, body) => {
        const options = Object.entries(headers).map(([key, field]) => `-H ${quoted(`${key}: ${field}`)}`);
        const result = parseCurl(`curl ${URL} ${options.join(' ')} --data-raw ${quoted(body)}`);
        assert.ok(result.kind === 'call');
        assert.deepEqual({ ...result.call.headers }, { ...headers });
        assert.deepEqual(result.call.data, [text(body)]);
      }),
    );
  });
});
