import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCatalog } from '#catalog';
import { compilePolicies, loadPolicies } from '#policy';
import { buildReport, createReplayer, type ReplayContext, runReplay, takeHere } from '#replay';
import { compilePlan, packPlan } from '../src/cli/dry-run/replay-plan.ts';
import { startWorkers } from '../src/cli/dry-run/start-workers.ts';
import { writeSyntheticRecording } from './synthetic-recording.ts';

/**
 * How fast recordings are replayed: `node bench/dry-run.ts [RECORDS]` (a million unless told otherwise, about 1.7 GB in a temporary folder, removed at the end).
 * Writes a week of records of the shipped policies, replays them against a cheaper premium chain, once in one thread and once over all cores, and
 * prints records a second of wall time, records for each second of processor time, and the memory at a quarter, a half and the end.
 */
const RECORDS = Number(process.argv[2] ?? 1_000_000);
const WANTED = 150_000;

const folder = mkdtempSync(join(tmpdir(), 'signalbox-bench-'));
try {
  const path = join(folder, 'week.ndjson');
  const { sources } = await loadPolicies('policies');
  const snapshot = compilePolicies(sources, 'production', loadCatalog()).snapshot;
  if (snapshot === null) throw new Error('the shipped policies do not compile');
  await writeSyntheticRecording(path, snapshot, RECORDS);
  process.stdout.write(`${RECORDS} records, ${Math.round(statSync(path).size / RECORDS)} bytes each\n`);
  const head = sources.map(({ file, bytes }) => ({ file, bytes: cheaper(file, bytes) }));
  const plan = packPlan({ base: sources, head, recorded: [] }, 'production', { index: 0, of: 1 });
  const compiled = compilePlan(plan, loadCatalog());
  if (compiled === null) throw new Error('the changed policies do not compile');
  const context: ReplayContext = {
    version: 'bench',
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
  const single = await measure('1 thread', path, () => [takeHere(createReplayer(compiled.sides), plan.shard)]);
  const cores = availableParallelism();
  const many = await measure(`${cores} threads`, path, () => startWorkers(plan, cores));
  const [one, other] = [single, many].map(({ tally }) => JSON.stringify(buildReport(context, tally)));
  process.stdout.write(`the two reports are ${one === other ? 'the same' : 'DIFFERENT'}\n`);
  const report = buildReport(context, single.tally);
  process.stdout.write(`fidelity ${report.fidelity}, ${report.records.changed} changed\n`);
  process.stdout.write(`${single.perCore >= WANTED ? 'meets' : 'misses'} ${WANTED} records for each core-second\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function cheaper(file: string, bytes: Uint8Array): Uint8Array {
  if (!file.endsWith('chains/premium.yaml')) return bytes;
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
