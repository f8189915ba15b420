import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCatalog } from '#catalog';
import { compilePolicies, loadPolicies } from '#policy';
import { buildReport, createReplayer, type ReplayContext, runReplay, takeHere } from '#replay';
import type { Snapshot } from '#snapshot';
import { compilePlan, packPlan } from '../src/cli/dry-run/replay-plan.ts';
import { startWorkers } from '../src/cli/dry-run/start-workers.ts';
import { inlineSources } from '../test/support/compile-inline.ts';
import { PLAIN_POLICIES, writeImportedRecording, writeSyntheticRecording } from './synthetic-recording.ts';

/**
 * How fast recordings are replayed: `node bench/dry-run.ts [RECORDS] [--shipped]` (a million unless told otherwise; about 3 GB in a temporary folder, removed at the end).
 * Replays two recordings against a cheaper premium chain: an imported trace, and a week as a gateway records it, with all it knew (of plain policies with two budgets
 * for each team, or of the shipped ones with up to seven). Each in a process of its own, as a dry-run has it, once in one thread and once over all cores. Prints records a
 * second of wall time and of processor time, and the memory at a quarter, a half and the end. A shared machine only ever takes away.
 */
const RECORDS = Number(process.argv.find((word) => /^\d+$/.test(word)) ?? 1_000_000);
const WANTED = 150_000;
/** Of the process that replays one recording. */
const RECORDING = '--recording';

const sources = process.argv.includes('--shipped')
  ? (await loadPolicies('policies')).sources
  : inlineSources({ 'bench.yaml': PLAIN_POLICIES });
const snapshot = compilePolicies(sources, 'production', loadCatalog()).snapshot;
if (snapshot === null) throw new Error('the policies do not compile');
const at = process.argv.indexOf(RECORDING);
if (at < 0) await measureEach(snapshot);
else await replayBothWays(process.argv[at + 1] ?? '', snapshot);

/** Writes each recording, and has it replayed by a process that has done nothing else. */
async function measureEach(snapshot: Snapshot): Promise<void> {
  const recordings = {
    imported: (path: string) => writeImportedRecording(path, RECORDS),
    gateway: (path: string) => writeSyntheticRecording(path, snapshot, RECORDS),
  };
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-bench-'));
  try {
    for (const [name, write] of Object.entries(recordings)) {
      const path = join(folder, `${name}.ndjson`);
      await write(path);
      process.stdout.write(`${name}: ${RECORDS} records, ${Math.round(statSync(path).size / RECORDS)} bytes each\n`);
      const { status } = spawnSync(process.execPath, [...process.argv.slice(1), RECORDING, path], { stdio: 'inherit' });
      if (status !== 0) process.exitCode = 1;
      rmSync(path);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function replayBothWays(path: string, snapshot: Snapshot): Promise<void> {
  const head = sources.map(({ file, bytes }) => ({ file, bytes: cheaper(bytes) }));
  const plan = packPlan({ base: sources, head, recorded: [] }, 'production', { index: 0, of: 1 });
  const compiled = compilePlan(plan, loadCatalog());
  if (compiled === null) throw new Error('the changed policies do not compile');
  const context: ReplayContext = {
    version: 'bench',
    catalog: snapshot.catalogDigest,
    base: { name: 'base', commit: null, digest: snapshot.digest },
    head: { name: 'head', commit: null, digest: compiled.head.snapshot?.digest ?? '' },
    environment: 'production',
    mode: 'stateless',
    modeReason: 'bench',
    changes: [],
    gates: snapshot.project.gates,
    waivers: [],
    newWaivers: [],
    routes: [],
    targets: [],
  };
  const single = await measure('  1 thread', path, () => [takeHere(createReplayer(compiled.sides), plan.shard)]);
  const cores = availableParallelism();
  const many = await measure(`  ${cores} threads`, path, () => startWorkers(plan, cores));
  const [report, other] = [single, many].map(({ tally }) => buildReport(context, tally));
  const same = JSON.stringify(report) === JSON.stringify(other) ? 'the same' : 'DIFFERENT';
  process.stdout.write(
    `  the two reports are ${same}; fidelity ${report?.fidelity}, ${report?.records.changed} changed\n`,
  );
  const verdict = single.perCore >= WANTED ? 'meets' : 'misses';
  process.stdout.write(`  ${verdict} ${WANTED} records for each core-second\n`);
}

function cheaper(bytes: Uint8Array): Uint8Array {
  const text = new TextDecoder()
    .decode(bytes)
    .replace('id: gpt, model: openai/gpt-4o }', 'id: gpt, model: openai/gpt-4o-mini }');
  return new TextEncoder().encode(text);
}

async function measure(name: string, path: string, takers: () => Parameters<typeof runReplay>[1]) {
  const started = performance.now();
  const cpu = process.cpuUsage();
  const size = statSync(path).size;
  const memory: number[] = [];
  const tally = await runReplay([path], takers(), ({ readBytes }) => {
    if (readBytes / size >= [0.25, 0.5, 0.99][memory.length]!) memory.push(residentMegabytes());
  });
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const perCore = Math.round(RECORDS / ((user + system) / 1e6));
  process.stdout.write(
    `${name}: ${Math.round(RECORDS / seconds)} records/s, ${perCore} for each core-second, memory ${memory.join(', ')} MB\n`,
  );
  return { tally, perCore };
}

function residentMegabytes(): number {
  return process.memoryUsage.rss() >> 20;
}
