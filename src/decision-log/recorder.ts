import { buildRecord, type FinishedCall } from './build-record.ts';
import { findRecord, latestRecords } from './find-record.ts';
import { looksPrivate } from './looks-private.ts';
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
}

/** Keeps the decision records of one process. */
export interface Recorder {
  readonly directory: string;
  /** Builds and queues the record of a finished call; returns it, or null when it was not drawn into the sample. Never throws. */
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

/** Opens a recorder. Effects: a key file, record files, one timer. */
export async function openRecorder(options: RecorderOptions): Promise<Recorder> {
  const { directory, recording, onProblem } = options;
  const pseudonymise = createPseudonyms(await openRecordKey(options.dataDir));
  const sink = openSink({ ...options, limits: recording });
  let refused = 0;

  function record(call: FinishedCall): TrafficRecord | null {
    const { sample } = recording();
    if (sample < 1 && draw(call.id) >= sample) return null;
    try {
      const dropped = sink.dropped() + refused;
      const { gatewayVersion } = options;
      const made = buildRecord(call, { gatewayVersion, pseudonymise, sampleWeight: 1 / sample, dropped });
      if (holdsPrivate(made)) {
        refused += 1;
        return null;
      }
      sink.write(JSON.stringify(made));
      return made;
    } catch (error) {
      refused += 1;
      onProblem(error, 'a decision record could not be made');
      return null;
    }
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

/** A draw in [0, 1) that depends on the id alone: its last digits are random. */
function draw(id: string): number {
  return Number.parseInt(id.slice(-8), 16) / 2 ** 32;
}

/** The last line of defence: whatever free text is left in the request part must not look private. */
function holdsPrivate({ request }: TrafficRecord): boolean {
  const { model = '', path = '', labels = {}, metadata = {}, headers = {} } = request;
  const free = [model, path, ...[labels, metadata, headers].flatMap((group) => Object.entries(group).flat())];
  return free.some((text) => !text.startsWith('p_') && looksPrivate(text));
}
