import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { loadCatalog } from '#catalog';
import { VERSION } from '#core';
import { compileEnvironment, parsePolicies } from '#policy';
import { isInRange, parseVersionRange } from '../../src/policy/version-range.ts';
import { findingLines, inlineSources } from '../support/compile-inline.ts';

const catalog = loadCatalog();

function compileWith(requires: string, version: string, more = '') {
  const text = `kind: Project
metadata: { name: example }
spec:
  requires: ${requires}
${more}`;
  return compileEnvironment(parsePolicies(inlineSources({ 'signalbox.yaml': text })), 'production', catalog, version);
}

it('the version that pure code knows is that of package.json', () => {
  const text = readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8');
  assert.equal(VERSION, (JSON.parse(text) as { version: unknown }).version);
});

describe('a range of versions', () => {
  const cases: readonly (readonly [range: string, within: readonly string[], without: readonly string[]])[] = [
    ['>=0.1 <2', ['0.1.0', '0.9.9', '1.99.0'], ['0.0.9', '2.0.0', '2.0.1']],
    ['>= 0.1.2  < 0.2', ['0.1.2', '0.1.99'], ['0.1.1', '0.2.0']],
    ['>0.1', ['0.2.0'], ['0.1.0', '0.1.9']],
    ['>0.1.3', ['0.1.4'], ['0.1.3']],
    ['<=0.1', ['0.1.9', '0.0.0'], ['0.2.0']],
    ['^1.2', ['1.2.0', '1.9.0'], ['1.1.9', '2.0.0']],
    ['^0.1.2', ['0.1.2', '0.1.9'], ['0.1.1', '0.2.0']],
    ['^0.0.3', ['0.0.3'], ['0.0.4']],
    ['^0', ['0.0.1', '0.9.0'], ['1.0.0']],
    ['~1.2.3', ['1.2.3', '1.2.9'], ['1.3.0']],
    ['~1', ['1.9.0'], ['2.0.0']],
    ['1.2.3', ['1.2.3'], ['1.2.4']],
    ['=v1.2', ['1.2.9'], ['1.3.0']],
    ['1.x', ['1.0.0', '1.9.9'], ['0.9.9', '2.0.0']],
    ['*', ['0.0.0', '9.9.9'], []],
    ['<0.1 || >=2', ['0.0.9', '2.0.0'], ['0.1.0', '1.9.9']],
    ['>=1', ['1.0.0-rc.1', '1.0.0+build.5'], ['0.9.9-rc.1', 'unknown', '']],
  ];
  for (const [text, within, without] of cases) {
    it(`${text} holds ${within.join(', ')}${without.length > 0 ? ` and not ${without.join(', ')}` : ''}`, () => {
      const range = parseVersionRange(text);
      assert.ok(range !== null);
      for (const version of within) assert.ok(isInRange(version, range), version);
      for (const version of without) assert.ok(!isInRange(version, range), version);
    });
  }
  for (const text of ['', 'latest', '>=', '>=0.1, <2', '1.2.3 - 2', '>=1 ||', '1.2.3.4', '<>1', '>=1.0.0-rc.1']) {
    it(`${JSON.stringify(text)} is none`, () => assert.equal(parseVersionRange(text), null));
  }
  it('with two bounds agrees with plain comparison', () => {
    const part = fc.nat({ max: 3 });
    const version = fc.tuple(part, part, part);
    const rank = ([major, minor, patch]: readonly [number, number, number]) => major * 16 + minor * 4 + patch;
    fc.assert(
      fc.property(version, version, version, (from, below, own) => {
        const range = parseVersionRange(`>=${from.join('.')} <${below.join('.')}`) ?? [];
        const expected = rank(own) >= rank(from) && rank(own) < rank(below);
        assert.equal(isInRange(own.join('.'), range), expected);
      }),
    );
  });
});

describe('a tree', () => {
  it('that requires the running version compiles', () => {
    assert.ok(compileWith('">=0.1 <2"', '0.1.0').snapshot);
    assert.ok(compileWith(`"${VERSION}"`, VERSION).snapshot);
  });

  it('that requires another version is refused where it says so, with both versions', () => {
    const compiled = compileWith('">=2"', '1.4.0');
    assert.equal(compiled.snapshot, null);
    assert.deepEqual(findingLines(compiled), [
      'signalbox.yaml:4:13 project/requires these policies require signalbox `>=2`, and this is 1.4.0 ' +
        '[Run a version in that range, or widen the range once the policies are checked against this one.]',
    ]);
  });

  it('is held against the range that its environment sets', () => {
    const environment = `---
kind: Environment
metadata: { name: production }
spec: { overrides: [{ target: Project/example, path: requires, set: ">=3" }] }
`;
    const [line, ...others] = findingLines(compileWith('">=1"', '1.4.0', environment));
    assert.match(line ?? '', /project\/requires .*>=3/);
    assert.deepEqual(others, []);
  });

  it('whose range cannot be read is refused with the forms that can', () => {
    const compiled = compileWith('latest', '1.4.0');
    assert.equal(compiled.snapshot, null);
    assert.deepEqual(findingLines(compiled), [
      'signalbox.yaml:4:13 schema/format `latest` is no range of versions [Write it as `>=0.1 <2`, `^1.2` or `1.2.3 || >=2`.]',
    ]);
  });
});
