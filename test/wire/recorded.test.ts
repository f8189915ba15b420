import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Dialect } from '#dialects';
import { dialectOf } from '#dialects';
import { requireSharedData } from '../support/skip.ts';
import { checkAnswer, checkPassThrough, checkRequest } from './recorded/check-exchange.ts';
import { type Exchange, readExchanges, WIRE_DIALECTS, type WireDialect } from './recorded/exchanges.ts';
import { EXCLUSIONS } from './recorded/exclusions.ts';
import { loadOfficialSchemas } from './recorded/official-schemas.ts';

interface Tally {
  ran: number;
  held: number;
  excluded: number;
}

describe('recorded exchanges of real providers', () => {
  test('pass through and cross between the dialects faithfully', (t) => {
    const folder = requireSharedData(t, 'wire/_exchanges');
    const schemaFolder = folder === undefined ? undefined : requireSharedData(t, 'schemas');
    if (folder === undefined || schemaFolder === undefined) return;
    const bench = { dialectOf: wireDialect, schemas: loadOfficialSchemas(schemaFolder) };
    const tallies = new Map<string, Tally>();
    const failures: string[] = [];
    const needless = new Set(EXCLUSIONS);
    const run = (exchange: Exchange, check: string, findings: () => readonly string[]) => {
      const row = `${exchange.provider} ${exchange.dialect} ${check}`;
      const tally = tallies.get(row) ?? { ran: 0, held: 0, excluded: 0 };
      tallies.set(row, tally);
      const found = attempt(findings);
      const exclusion = EXCLUSIONS.find(
        ({ id, check: name }) => id === exchange.id && (name === check || name === 'all'),
      );
      if (exclusion !== undefined) {
        if (found.length > 0) needless.delete(exclusion);
        tally.excluded++;
        return;
      }
      tally.ran++;
      if (found.length === 0) tally.held++;
      else failures.push(`${check} ${exchange.id}\n    ${found.slice(0, 4).join('\n    ')}`);
    };
    for (const exchange of readExchanges(folder)) {
      if (dialectOf(exchange.dialect) === null) continue;
      run(exchange, 'pass-through', () => checkPassThrough(exchange, bench));
      for (const to of WIRE_DIALECTS) {
        if (exchange.status >= 300 || dialectOf(to) === null) continue;
        run(exchange, `request to ${to}`, () => checkRequest(exchange, to, bench));
        run(exchange, `answer to ${to}`, () => checkAnswer(exchange, to, bench));
      }
    }
    report(tallies);
    assert.equal(failures.length, 0, `${failures.length} exchanges do not hold:\n${failures.join('\n')}`);
    const stale = [...needless].map(({ id, check }) => `${check} ${id}`);
    assert.deepEqual(stale, [], 'these exclusions are needless; take them out of exclusions.ts');
    assert.ok(tallies.size > 0, 'no recorded exchange was found');
  });
});

function wireDialect(name: WireDialect): Dialect {
  const dialect = dialectOf(name);
  assert.ok(dialect !== null, `the dialect ${name} is not registered`);
  return dialect;
}

function attempt(findings: () => readonly string[]): readonly string[] {
  try {
    return findings();
  } catch (error) {
    return [`threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`.slice(0, 400)];
  }
}

function report(tallies: ReadonlyMap<string, Tally>): void {
  for (const [name, { ran, held, excluded }] of [...tallies].sort(([a], [b]) => (a < b ? -1 : 1))) {
    process.stdout.write(`recorded: ${name}: ${held} of ${ran} held, ${excluded} excluded\n`);
  }
  const checks = Map.groupBy(EXCLUSIONS, ({ id, reason }) => `${id}: ${reason}`);
  for (const [name, list] of checks) {
    process.stdout.write(
      `recorded: excluded: ${list.length === 1 ? list[0]?.check : `${list.length} checks`} of ${name}\n`,
    );
  }
}
