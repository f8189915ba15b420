import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { loadCatalog } from '#catalog';
import { compileGlob, findSecrets, fitsGlob, holdsSecret, maskSecrets } from '#core';
import { importConfig } from '#importers';
import { secretShape } from '#lint';
import { mayLeadTo } from '#network';
import { findSecrets as findSecretsInLine, looksSecret } from '#policy';
import { facetsOf } from '../../src/cache/guard/find-difference.ts';
import { readCustomHost } from '../../src/gateway/compat/custom-host.ts';
import { boundaryOf, createFormParser } from '../../src/gateway/forms/form-parser.ts';
import { readPartHeaders } from '../../src/gateway/forms/part-headers.ts';
import { leaksOf } from '../../src/replay/traffic/verify-record.ts';
import { slowness } from '../support/linear-time.ts';

/** Units that make a backtracking expression start over at each place, beside the corpus of the guardrails. */
const OWN = [
  ...['eyJ-', 'eyJ', '-eyJaaaaaaaa', 'sk-', 'sk_live_', 'SG.', 'ya29.', 'xox', '-----BEGIN ', '-----BEGIN A', 'AKIA'],
  ...[
    'bearer ',
    'Bearer\t',
    'basic',
    '://a:',
    '://',
    ':a',
    'a:',
    '/@',
    'secret: ',
    'token : ',
    'tokens: [',
    'password:"\\',
  ],
  ...[
    'sha256: ',
    'digest" : "',
    ' :',
    ': ',
    'f0',
    'F',
    'aA0',
    'aA',
    'a0',
    '+/=',
    'x-api-key',
    '"\\"',
    "'",
    '12,',
    '1.',
  ],
];
const CORPUS = [
  ...readFileSync(join(import.meta.dirname, '../guardrails/hostile.txt'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(`"${line}"`) as string),
  ...OWN,
];
const catalog = loadCatalog();
const SIZE = 10_000;
/** The semantic cache reads no longer questions. */
const QUESTION_SIZE = 2000;
/** Each is tried as YAML, JSON and TOML, by parsers that take longer than our own expressions. */
const CONFIG_SIZE = 1500;

/** Places where an expression of ours meets text that anybody may have written. */
const ENTRIES: Readonly<Record<string, (text: string) => unknown>> = {
  'secrets in logs': maskSecrets,
  'secrets by shape': holdsSecret,
  'places of secrets': findSecrets,
  'secrets in a line of policy': findSecretsInLine,
  'a value of policy that looks secret': looksSecret,
  'the shape of a secret in policy': secretShape,
  'facets of a question': (text) => facetsOf(text.slice(0, QUESTION_SIZE)),
  'a pattern of models': (text) => fitsGlob(compileGlob(text.replaceAll(/[^a*]/g, '*')), text),
  'a text against a pattern': (text) => fitsGlob(compileGlob(`*${'*a'.repeat(50)}*!`), text),
  'the boundary of a form': (text) => quietly(() => boundaryOf(`multipart/form-data; ${text}`)),
  'a parameter that says the boundary': (text) =>
    quietly(() => boundaryOf(`multipart/form-data; x="${text}; boundary=b`)),
  'the headers of a part': (text) => quietly(() => readPartHeaders(`content-disposition: form-data; name="${text}`)),
  'a form': (text) => quietly(() => formOf(text)),
  'a name that is looked up': (text) => mayLeadTo(text, 'private', ['*.corp.example']),
  'a host that a caller names': (text) => quietly(() => readCustomHost(`https://${text}`, 'x', ['a'])),
  'a configuration of another gateway': (text) =>
    quietly(() =>
      importConfig({
        text: text.slice(0, CONFIG_SIZE),
        file: 'x',
        kind: null,
        project: 'p',
        owner: 'o',
        nowMs: 0,
        catalog,
      }),
    ),
  'leaks in a recording': (text) => leaksOf({ request: { path: text, metadata: { a: text } }, note: text }),
};

describe(`hostile texts of ${SIZE} characters`, () => {
  for (const [name, read] of Object.entries(ENTRIES)) {
    it(`are read in linear time for ${name}`, () => {
      const slow: string[] = [];
      for (const unit of CORPUS) {
        for (const [begin, end] of [
          ['', '!'],
          ['', ''],
          ['x://', '\n@'],
        ] as const) {
          const make = (size: number) => begin + unit.repeat(Math.ceil(size / unit.length)).slice(0, size) + end;
          const found = slowness(read, make, SIZE);
          if (found !== null) slow.push(`${JSON.stringify(begin + unit + end)}: ${found}`);
        }
      }
      assert.deepEqual(slow, []);
    });
  }
});

/** What is refused is read too. */
function quietly(read: () => unknown): unknown {
  try {
    return read();
  } catch {
    return null;
  }
}

function formOf(text: string): unknown {
  const parser = createFormParser('b');
  parser.push(Buffer.from(`--b\r\ncontent-disposition: form-data; name="a"\r\n\r\n`));
  for (let at = 0; at < text.length; at += 7) parser.push(Buffer.from(text.slice(at, at + 7)));
  parser.push(Buffer.from('\r\n--b--\r\n'));
  return parser.end();
}
