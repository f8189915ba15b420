import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import fc from 'fast-check';
import { advanceBreaker, breakerView, CLOSED_BREAKER } from '../../src/decision/index.ts';
import { createSqliteStore } from '../../src/state/index.ts';
import { openLedgerFile } from '../../src/state/sqlite/open-ledger-file.ts';
import { requireProgram } from '../support/skip.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { type DiskEvent, filesAfterCut, readDiskTrace, TRACED } from './disk-trace.ts';
import { heldCounter } from './held-counter.ts';

const COUNT = 20;

/** How often a process of so many holds asks the disk to keep what was written. */
function syncsOf(t: TestContext, strace: string, durability: string): number {
  const folder = makeTempDirectory(t);
  const trace = join(folder, 'trace');
  const script = join(import.meta.dirname, 'write-holds.ts');
  const calls = ['-f', '-qq', '-e', 'trace=fsync,fdatasync', '-o', trace];
  execFileSync(strace, [...calls, process.execPath, script, join(folder, 'data'), durability, String(COUNT)]);
  return readFileSync(trace, 'utf8').match(/f(?:data)?sync\(/g)?.length ?? 0;
}

describe('the embedded ledger and a power cut', () => {
  it('waits for the disk at every step with durability power, and at none with process', (t) => {
    const strace = requireProgram(t, 'strace');
    if (strace === undefined) return;
    const steps = 2 * COUNT;
    const [power, plain] = ['power', 'process'].map((durability) => syncsOf(t, strace, durability));
    assert.ok((power ?? 0) >= steps, `${power} syncs for ${steps} steps`);
    // Opening and closing a file take a few.
    assert.ok((plain ?? steps) < steps / 2, `${plain} syncs for ${steps} steps that wait for none`);
  });

  for (const durability of ['power', 'process'] as const) {
    it(`${durability === 'power' ? 'keeps all that was acknowledged' : 'keeps a state that was, and no part of another'} with durability ${durability}, wherever the power goes and whatever the disk had written by then`, async (t) => {
      const strace = requireProgram(t, 'strace');
      if (strace === undefined) return;
      const folder = makeTempDirectory(t);
      const trace = join(folder, 'trace');
      const script = join(import.meta.dirname, 'write-holds.ts');
      const command = [process.execPath, script, join(folder, 'data'), durability, String(COUNT)];
      execFileSync(strace, [...TRACED, '-qq', '-o', trace, ...command]);
      const all = readDiskTrace(readFileSync(trace, 'utf8'));
      const said = (events: readonly DiskEvent[], text: string) =>
        events.filter((event) => event.kind === 'said' && event.text === `${text}\n`).length;
      assert.equal(said(all, 'settled'), COUNT);
      assert.ok(all.some((event) => event.kind === 'write' && event.path.endsWith('/ledger.db-wal')));
      // A ledger that nobody has used yet may be begun anew.
      const first = all.findIndex((event) => event.kind === 'said') + 1;
      let runs = 0;
      let lost = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: first, max: all.length }),
          fc.infiniteStream(fc.boolean()),
          async (cut, coins) => {
            const events = all.slice(0, cut);
            const data = join(folder, `cut-${runs++}`);
            mkdirSync(data);
            for (const [path, bytes] of filesAfterCut(events, () => coins.next().value === true)) {
              if (!path.endsWith('-shm')) writeFileSync(join(data, basename(path)), bytes);
            }
            const [settled, held] = [said(events, 'settled'), said(events, 'held')];
            const { spent, open } = await readBooks(data);
            // One step may have been under way, and be written or not.
            assert.ok(spent % 3 === 0 && (open === 0 || open === 5), `${spent} spent and ${open} held`);
            const [steps, told] = [2 * (spent / 3) + open / 5, settled + held];
            assert.ok(steps <= told + 1, `${steps} steps found, ${told} told`);
            if (durability === 'power') assert.ok(steps >= told, `${steps} steps found, ${told} were acknowledged`);
            lost = Math.max(lost, told - steps);
          },
        ),
        { numRuns: 60 },
      );
      // Else the cuts would be none.
      if (durability === 'process') assert.ok(lost > 0, 'what waits for no disk is lost with the power');
    });
  }
});

const breaker = { closed: CLOSED_BREAKER, advance: advanceBreaker, view: breakerView };

/** What a ledger has on its counter, opened as a gateway opens it. */
async function readBooks(dataDir: string): Promise<{ readonly spent: number; readonly open: number }> {
  const database = openLedgerFile(join(dataDir, 'ledger.db'), 'process');
  assert.equal(database.prepare('PRAGMA integrity_check').get()?.integrity_check, 'ok');
  database.close();
  const store = createSqliteStore({ dataDir, clock: { nowMs: Date.now }, breaker });
  const { counters } = await store.readFacts({ counters: [heldCounter], targets: [] });
  await store.close();
  const { spent, held } = counters[heldCounter.key] ?? { spent: 0, held: 0 };
  return { spent, open: held };
}
