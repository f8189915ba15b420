import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { findSecrets, holdsSecret, maskSecrets } from '#core';
import { secretShape } from '#lint';
import { findSecrets as findSecretsInLine, looksSecret } from '#policy';
import { facetsOf } from '../../src/cache/guard/find-difference.ts';
import { leaksOf } from '../../src/replay/traffic/verify-record.ts';

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
const SIZE = 10_000;
/** The semantic cache reads no longer questions. */
const QUESTION_SIZE = 2000;
/** A linear reading of so much takes a few ms of CPU; a quadratic one takes 200 and more. */
const LIMIT_MS = 50;

/** Places where an expression of ours meets text that anybody may have written. */
const ENTRIES: Readonly<Record<string, (text: string) => unknown>> = {
  'secrets in logs': maskSecrets,
  'secrets by shape': holdsSecret,
  'places of secrets': findSecrets,
  'secrets in a line of policy': findSecretsInLine,
  'a value of policy that looks secret': looksSecret,
  'the shape of a secret in policy': secretShape,
  'facets of a question': (text) => facetsOf(text.slice(0, QUESTION_SIZE)),
  'leaks in a recording': (text) => leaksOf({ request: { path: text, metadata: { a: text } }, note: text }),
};

describe(`hostile texts of ${SIZE} characters`, () => {
  for (const [name, read] of Object.entries(ENTRIES)) {
    it(`take ${LIMIT_MS} ms at most to look for ${name}`, () => {
      const slow: string[] = [];
      for (const unit of CORPUS) {
        for (const [begin, end] of [
          ['', '!'],
          ['', ''],
          ['x://', '\n@'],
        ] as const) {
          const text = begin + unit.repeat(Math.ceil(SIZE / unit.length)).slice(0, SIZE) + end;
          let least = Number.POSITIVE_INFINITY;
          // The least of some runs: what else the machine does is not the expression's.
          for (let run = 0; run < 3 && least >= LIMIT_MS; run++) {
            const start = process.cpuUsage();
            read(text);
            const { user, system } = process.cpuUsage(start);
            least = Math.min(least, (user + system) / 1000);
          }
          if (least >= LIMIT_MS) slow.push(`${JSON.stringify(begin + unit + end)}: ${least.toFixed(0)} ms`);
        }
      }
      assert.deepEqual(slow, []);
    });
  }
});
