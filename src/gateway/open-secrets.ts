import { readFileSync } from 'node:fs';
import type { Reach } from '#network';
import type { Snapshot } from '#snapshot';
import {
  createCallStore,
  createSecrets,
  createStoredSecrets,
  type Secrets,
  type StoredEvent,
  type StoredState,
  TokenError,
} from '#upstream';
import type { Log } from './gateway-parts.ts';

/** The secrets of the policies in service. */
export interface OpenSecrets {
  readonly secrets: Secrets;
  /** Has what a snapshot names asked for before it serves; resolves after five seconds at the latest. */
  readonly prepare: (snapshot: Snapshot) => Promise<void>;
  /** How each secret of a store is. */
  readonly stored: () => readonly StoredState[];
  readonly close: () => void;
}

export interface OpenSecretsOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly nowMs: () => number;
  readonly draw: () => number;
  readonly log: Log;
  readonly reach: Reach;
}

const TICK_MS = 1000;
const PATIENCE_MS = 5000;

/** Opens them. Effects: reads files, calls stores; a timer that keeps no process alive. */
export function openSecrets({ env, nowMs, draw, log, reach }: OpenSecretsOptions): OpenSecrets {
  const readFile = (path: string) => readFileSync(path, 'utf8');
  // What opens a store lies in none.
  const local = createSecrets({ env, readFile, nowMs });
  const stored = createStoredSecrets({
    secretOf(ref) {
      if (ref === null) return null;
      const value = local.resolve(ref);
      if (value === null && !ref.optional) throw new TokenError(local.problem(ref) ?? ref.id);
      return value;
    },
    ...{ env, nowMs, draw, reach, call: createCallStore(reach) },
    onEvent: (event) => logStoredEvent(log, event),
  });
  const timer = setInterval(() => void stored.tick(), TICK_MS);
  timer.unref();
  return {
    secrets: createSecrets({ env, readFile, nowMs, stored }),
    prepare({ project, storedSecrets }) {
      // Before a store is asked: its name is the new revision's.
      reach.use(project.privateHosts);
      return stored.use(project.secretStores, storedSecrets, PATIENCE_MS);
    },
    stored: stored.states,
    close: () => clearInterval(timer),
  };
}

/** Says once what became of a secret, by its name and fingerprints alone. */
function logStoredEvent(log: Log, event: StoredEvent): void {
  const { kind, ...fields } = event;
  if (kind === 'changed') log.info(fields, 'a secret was rotated; the new one serves');
  else if (kind === 'recovered') log.info(fields, 'a secret store answers again');
  else if (event.isKept) log.warn(fields, 'a secret store gives no newer value; the last good one serves on');
  else log.warn(fields, 'a secret store gives no value; what needs it is skipped');
}
