import { stableDraw } from '#decision';
import type { TrafficRecord } from '#decision-log';
import { createMinHeap, type MinHeap } from '../min-heap.ts';
import { stratumOf } from './traffic-stats.ts';

/** What is asked of a sample. */
export interface SampleRule {
  /** Share of the records, above 0. */
  readonly share: number;
  /** Records that every stratum keeps, if it has as many. */
  readonly floor: number;
  /** Another seed draws another sample. */
  readonly seed: string;
}

/** A sample in two passes over the same records. */
export interface Sampler {
  /** First pass: learns what strata there are. */
  readonly learn: (record: TrafficRecord) => void;
  /** Second pass: the record with its stratum and weight, or null when it is not drawn. */
  readonly draw: (record: TrafficRecord) => TrafficRecord | null;
  readonly strata: () => number;
}

interface Stratum {
  /** The smallest draws, largest first: the floor and one more. */
  readonly smallest: MinHeap<number>;
}

/**
 * A stratified sample (route × consumer × model × outcome) that depends on the records and the seed alone. A record is drawn when the hash of its session, else
 * of its id, is below the stratum's threshold: so the records of a session within a stratum come or go together. The threshold is the share, or the draw that
 * follows the floor's where that is larger (bottom-k sampling, Cohen and Kaplan, 2007); the weight is one over it, so that totals keep their expectation.
 */
export function createSampler({ share, floor, seed }: SampleRule): Sampler {
  const strata = new Map<string, Stratum>();

  function drawOf({ id, request }: TrafficRecord): number {
    return stableDraw(`${seed}\u0000${request.session ?? id}`);
  }

  function learn(record: TrafficRecord): void {
    const name = stratumOf(record);
    let stratum = strata.get(name);
    if (stratum === undefined) {
      stratum = { smallest: createMinHeap((a, b) => b - a) };
      strata.set(name, stratum);
    }
    stratum.smallest.push(drawOf(record));
    if (stratum.smallest.size() > floor + 1) stratum.smallest.pop();
  }

  function draw(record: TrafficRecord): TrafficRecord | null {
    const name = stratumOf(record);
    const smallest = strata.get(name)?.smallest;
    // A stratum of no more than the floor is kept whole.
    const after = smallest === undefined || smallest.size() <= floor ? 1 : (smallest.peek() ?? 1);
    const threshold = Math.min(1, Math.max(share, after));
    if (threshold < 1 && drawOf(record) >= threshold) return null;
    const weight = Math.round(((record.sampleWeight ?? 1) / threshold) * 1000) / 1000;
    return { ...record, sampleWeight: weight, stratum: name };
  }

  return { learn, draw, strata: () => strata.size };
}
