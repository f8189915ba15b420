import { sha256 } from '#core';
import { buildRecord } from './build-record.ts';
import { findRecord } from './find-record.ts';
import type { FinishedCall } from './finished-call.ts';
import { holdsPrivate } from './holds-private.ts';
import { latestRecords } from './latest-records.ts';
import { createPseudonyms } from './pseudonym.ts';
import type { TrafficRecord } from './record.gen.ts';
import { openRecordKey } from './record-key.ts';
import { openSink } from './sink.ts';

/** How a recorder is opened. */
export interface RecorderOptions {
  readonly dataDir: string;
  /** The folder of the record files. */
  readonly directory: string;
  readonly gatewayVersion: string;
  /** `recording` of the Project in service: read at every record. */
  readonly recording: () => { readonly sample: number; readonly maxFileBytes: number; readonly retainMs: number };
  readonly nowMs: () => number;
  readonly pid: number;
  readonly onProblem: (error: unknown, text: string) => void;
  readonly flushEveryMs?: number;
  readonly maxQueueBytes?: number;
  readonly maxQueueLines?: number;
}

/** Keeps the decision records of one process. */
export interface Recorder {
  readonly directory: string;
  /** Builds and queues the record of a finished call; returns it, or null when it was not drawn into the sample or was dropped. Never throws. */
  readonly record: (call: FinishedCall) => TrafficRecord | null;
  /** The record of that id, written already or not; null when there is none. */
  readonly find: (id: string) => Promise<TrafficRecord | null>;
  /** The newest first. */
  readonly latest: (limit: number) => Promise<readonly TrafficRecord[]>;
  /** Records lost for want of memory or disk, or because something private was found in them. */
  readonly dropped: () => number;
  readonly flush: () => Promise<void>;
  readonly close: () => Promise<void>;
}

const WARN_EVERY_MS = 60_000;

/** Opens a recorder. Effects: a key file, record files, one timer. */
export async function openRecorder(options: RecorderOptions): Promise<Recorder> {
  const { directory, recording, onProblem } = options;
  const pseudonymise = createPseudonyms(await openRecordKey(options.dataDir));
  const sink = openSink({ ...options, limits: recording });
  let refused = 0;
  let told = 0;
  let warnedMs = Number.NEGATIVE_INFINITY;

  function record(call: FinishedCall): TrafficRecord | null {
    const weight = weightOf(call, recording().sample);
    if (weight === null) return null;
    const lost = sink.dropped() + refused;
    try {
      const { gatewayVersion } = options;
      const made = buildRecord(call, { gatewayVersion, pseudonymise, sampleWeight: weight, dropped: lost - told });
      const line = JSON.stringify(made);
      if (holdsPrivate(line)) {
        refused += 1;
        warnOfPrivate();
        return null;
      }
      if (!sink.write(line)) return null;
      told = lost;
      return made;
    } catch (error) {
      refused += 1;
      onProblem(error, 'a decision record could not be made');
      return null;
    }
  }

  function warnOfPrivate(): void {
    if (options.nowMs() - warnedMs < WARN_EVERY_MS) return;
    warnedMs = options.nowMs();
    onProblem(null, 'decision records are dropped, because they hold what looks like a key or an e-mail address');
  }

  function queued(): readonly TrafficRecord[] {
    return sink.pending().map((line) => JSON.parse(line) as TrafficRecord);
  }

  return {
    directory,
    record,
    async find(id) {
      return queued().find((each) => each.id === id) ?? (await findRecord(directory, id));
    },
    async latest(limit) {
      await sink.flush();
      return latestRecords(directory, limit);
    },
    dropped: () => sink.dropped() + refused,
    flush: sink.flush,
    close: sink.close,
  };
}

/** How many requests a record stands for; null when it is not kept. What failed, was refused or fell back is always kept: it is what people look for. */
function weightOf({ id, status, served }: FinishedCall, sample: number): number | null {
  if (sample <= 0) return null;
  const isPlain = status < 400 && (served?.fallback ?? null) === null;
  if (sample >= 1 || !isPlain) return 1;
  return drawOf(id) < sample ? 1 / sample : null;
}

/** A draw in [0, 1) that depends on the id alone, whatever its form. */
function drawOf(id: string): number {
  return Number.parseInt(sha256(id).slice(0, 8), 16) / 2 ** 32;
}
