import type { TrafficRecord } from '#decision-log';
import { CACHE_LIVES } from './cache-world.ts';
import { stageOf, tallyBound, tallyComparison } from './compare-record.ts';
import { explainOutcomes } from './explain-example.ts';
import type { PolicyChange } from './policy-changes.ts';
import { shapeOf } from './record-shape.ts';
import { recordTime } from './record-time.ts';
import { createModelNames } from './recorded-calls.ts';
import { inputOf, type ReplayInput } from './recorded-input.ts';
import { admitRecord, checkRecordedDecision, type ReplaySides, weightOf } from './replayer.ts';
import { count, createTally, type Tally } from './tally.ts';
import { unknownFields } from './unknown-fields.ts';
import { createWorld } from './world.ts';

const MAX_SHAPES = 20_000;

const MEASURED: ReadonlySet<string> = new Set(['facts.latencies', 'facts.inFlight']);

/** The cheapest and the dearest that may come of it: shortest answers kept longest, and the other way round. */
const BOUNDS = [
  { borrow: 'low', life: CACHE_LIVES.longest },
  { borrow: 'high', life: CACHE_LIVES.shortest },
] as const;

/** Documents whose change can make another model or a cache answer; the rest leaves every cost as it was recorded. */
const MOVING = /^(?:Cache|Chain|Route|Model|Provider|Environment|Project|Consumer)\//;

/** Two more worlds cost time, so that they are for changes that need them. */
function movesRequests(changes: readonly PolicyChange[]): boolean {
  return changes.some(({ document }) => MOVING.test(document));
}

/** A replay in which both revisions live through the recording, each with its own counters, breakers and cache. */
export interface Simulator {
  /** Records come in the order of their clocks. */
  readonly add: (record: TrafficRecord) => Promise<void>;
  readonly tally: Tally;
}

/** Creates a simulation that begins with the first record. What the recording knows of a counter when it is first met is where that counter starts. */
export function createSimulator(sides: ReplaySides, changes: readonly PolicyChange[]): Simulator {
  const tally = createTally();
  const names = createModelNames(sides.base.snapshot);
  let weight = 1000;
  const noteStart = (): void => count(tally.assumptions, 'start', weight);
  const base = createWorld(sides.base.snapshot, noteStart);
  const quiet = (): void => undefined;
  const head = createWorld(sides.head.snapshot, quiet);
  const bounds = movesRequests(changes)
    ? BOUNDS.map(({ borrow, life }) => ({ borrow, world: createWorld(sides.head.snapshot, quiet, life) }))
    : [];
  const missingByShape = new Map<string, readonly string[]>();
  let clockMs = Number.NEGATIVE_INFINITY;

  /** Latencies and calls in flight come from the simulation itself. */
  function missingFor(input: ReplayInput): readonly string[] {
    const shape = shapeOf(input.record);
    const known = missingByShape.get(shape);
    if (known !== undefined) return known;
    if (missingByShape.size >= MAX_SHAPES) missingByShape.clear();
    const missing = unknownFields(input, sides.base, sides.head).filter((field) => !MEASURED.has(field));
    missingByShape.set(shape, missing);
    return missing;
  }

  async function add(record: TrafficRecord): Promise<void> {
    const recordedMs = recordTime(record);
    if (!admitRecord(tally, record, recordedMs, sides.environment)) return;
    weight = weightOf(record);
    checkRecordedDecision(tally, sides, inputOf(record, recordedMs), weight);
    if (record.decision?.inline === true) {
      tally.counts.inline += weight;
      return;
    }
    if (recordedMs < clockMs) count(tally.assumptions, 'disorder', weight);
    clockMs = Math.max(clockMs, recordedMs);
    const input = inputOf(record, clockMs);
    const missing = missingFor(input);
    if (missing.length > 0) {
      tally.counts.indeterminate += weight;
      for (const field of missing) count(tally.missing, field, weight);
      return;
    }
    if (record.facts?.secretsMissing === undefined) count(tally.assumptions, 'secretsMissing', weight);
    const before = await base.live(input, stageOf(sides.base, names, clockMs));
    const after = await head.live(input, stageOf(sides.head, names, clockMs));
    if (bounds.length > 0) tally.counts.bounded += weight;
    for (const { borrow, world } of bounds) {
      const there = await world.live(input, { ...stageOf(sides.head, names, clockMs), borrow });
      tallyBound(tally, borrow, before, there, weight);
    }
    const transition = tallyComparison(tally, record, before, after, weight);
    // Told at once: the state it met is gone with the next record.
    if (transition?.example.id === record.id && transition.example.explained === null)
      transition.example.explained = explainOutcomes(record, before, after, changes);
  }

  return { add, tally };
}
