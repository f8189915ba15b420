import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Dialect } from '#dialects';
import { dialectOf } from '#dialects';
import { requireSharedData } from '../support/skip.ts';
import { checkAnswer, checkPassThrough, checkRequest } from './recorded/check-exchange.ts';
import { type Exchange, readExchanges, WIRE_DIALECTS, type WireDialect } from './recorded/exchanges.ts';
import { EXCLUSIONS } from './recorded/exclusions.ts';
import { loadOfficialSchemas } from './recorded/official-schemas.ts';

/** What even its own dialect gets by the caller's bytes alone, not where guardrails have an answer written anew. */
const UNREAD: ReadonlySet<string> = new Set([
  ...['groundingMetadata.searchEntryPoint', 'urlContextMetadata'],
  // Bedrock's own tools in a stream.
  ...['server_tool_use', 'toolResult'],
]);

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
    const losses = new Map<string, Map<string, number>>();
    const lose = (pair: string, what: string) => {
      const counts = losses.get(pair) ?? new Map<string, number>();
      losses.set(pair, counts.set(what, (counts.get(what) ?? 0) + 1));
    };
    const bench = { dialectOf: wireDialect, schemas: loadOfficialSchemas(schemaFolder), lose };
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
    reportLosses(losses);
    for (const [pair, counts] of losses) {
      if (new Set(pair.split(' to ')).size > 1) continue;
      const unknown = [...counts.keys()].filter((what) => !UNREAD.has(what));
      assert.deepEqual(unknown, [], `${pair}: lost in its own dialect`);
    }
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

/** How often each thing was named as lost, by pair of dialects. */
function reportLosses(losses: ReadonlyMap<string, ReadonlyMap<string, number>>): void {
  for (const [pair, counts] of [...losses].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const told = [...counts].sort(([, a], [, b]) => b - a).map(([what, count]) => `${what} ${count}`);
    process.stdout.write(`recorded: lost in answers, ${pair}: ${told.join(', ')}\n`);
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
