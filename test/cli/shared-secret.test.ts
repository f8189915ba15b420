import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runVerb } from '../support/run-verb.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

const KEY = 'made-up-provider-key-0123456789';
const OTHER = 'made-up-provider-key-9876543210';

const tree = (production: string, staging: string) => `apiVersion: signalbox/v1
kind: Provider
metadata: { name: openai, owner: platform }
spec: { auth: { kind: bearer, secret: ${staging} } }
---
apiVersion: signalbox/v1
kind: Environment
metadata: { name: production, owner: platform }
spec: { overrides: [{ target: Provider/openai, path: auth.secret, set: ${production} }] }
---
apiVersion: signalbox/v1
kind: Environment
metadata: { name: staging, owner: platform }
`;

interface Case {
  readonly name: string;
  readonly production: string;
  readonly staging: string;
  readonly env: Readonly<Record<string, string>>;
  readonly isFound: boolean;
}

const CASES: readonly Case[] = [
  { name: 'one variable', production: '{ env: A }', staging: '{ env: A }', env: {}, isFound: true },
  { name: 'one file', production: '{ file: a.key }', staging: '{ file: a.key }', env: {}, isFound: true },
  {
    name: 'two variables of one value',
    ...{ production: '{ env: A }', staging: '{ env: B }', env: { A: KEY, B: KEY }, isFound: true },
  },
  {
    name: 'two files of one value',
    ...{ production: '{ file: a.key }', staging: '{ file: b.key }', env: {}, isFound: true },
  },
  {
    name: 'a file and a variable of one value',
    ...{ production: '{ file: a.key }', staging: '{ env: B }', env: { B: KEY }, isFound: true },
  },
  {
    name: 'two variables of two values',
    ...{ production: '{ env: A }', staging: '{ env: B }', env: { A: KEY, B: OTHER }, isFound: false },
  },
  { name: 'two variables without values', production: '{ env: A }', staging: '{ env: B }', env: {}, isFound: false },
  {
    name: 'two variables of one placeholder',
    ...{ production: '{ env: A }', staging: '{ env: B }', env: { A: 'x', B: 'x' }, isFound: false },
  },
  { name: 'a file that is not there', production: '{ file: no.key }', staging: '{ env: B }', env: {}, isFound: false },
];

describe('one provider key in production and in staging', () => {
  for (const { name, production, staging, env, isFound } of CASES) {
    it(`as ${name} is ${isFound ? 'an error that does not show it' : 'no finding'}`, async (t) => {
      const cwd = makeTempDirectory(t, {
        'policies/all.yaml': tree(production, staging),
        'a.key': `${KEY}\n`,
        'b.key': KEY,
      });
      const { stdout, stderr } = await runVerb(t, ['lint', '--format', 'json'], { cwd, env });
      const { findings } = JSON.parse(stdout) as { findings: readonly { rule: string; severity: string }[] };
      const found = findings.filter(({ rule }) => rule === 'env/shared-key');
      assert.deepEqual(
        found.map(({ severity }) => severity),
        isFound ? ['error'] : [],
        stdout,
      );
      assert.ok(!stdout.includes(KEY) && !stderr.includes(KEY));
    });
  }
});
