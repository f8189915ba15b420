import { sha256 } from '#core';
import type { AlertRule } from './alert-rule.ts';
import type { AlertReading } from './read-alert.ts';

/** Where one alert stands: kept by name, so that an edit of its document or a restart loses nothing. */
export type AlertState =
  | { readonly kind: 'quiet' }
  /** The condition holds, but not yet for as long as `for` asks. */
  | { readonly kind: 'pending'; readonly sinceMs: number }
  | { readonly kind: 'firing'; readonly incident: Incident; readonly clearSinceMs: number | null };

/** From the moment an alert fires until it is over: one thread of mails. */
export interface Incident {
  readonly id: string;
  readonly alert: string;
  readonly severity: AlertRule['severity'];
  /** Since when the condition held. */
  readonly startedMs: number;
  readonly firedMs: number;
  /** Null while it lasts. */
  readonly endedMs: number | null;
  /** Who was told, by receiver. */
  readonly told: Readonly<Record<string, Told>>;
  /** The subject of the last notice that was written. */
  readonly subject: string;
}

/** The last notice to a receiver. */
export interface Told {
  readonly atMs: number;
  /** How many before the end. */
  readonly count: number;
  readonly subjects: readonly string[];
}

/** Nothing is known against it. */
export const QUIET: AlertState = Object.freeze({ kind: 'quiet' });

/** The state after a reading, and the incident that ended with it. The same values give the same incident id on whatever machine. Pure. */
export function advanceAlert(
  state: AlertState,
  rule: AlertRule,
  reading: Pick<AlertReading, 'isMet' | 'isClear'>,
  nowMs: number,
): { readonly state: AlertState; readonly ended: Incident | null } {
  if (state.kind === 'firing') return advanceFiring(state, rule, reading, nowMs);
  if (reading.isMet !== true) return { state: QUIET, ended: null };
  const sinceMs = state.kind === 'pending' ? state.sinceMs : nowMs;
  if (nowMs - sinceMs < rule.forMs) return { state: { kind: 'pending', sinceMs }, ended: null };
  const incident: Incident = {
    id: `${rule.name}-${sha256(`${rule.name}:${sinceMs}`).slice(0, 10)}`,
    alert: rule.name,
    severity: rule.severity,
    startedMs: sinceMs,
    firedMs: nowMs,
    endedMs: null,
    told: {},
    subject: '',
  };
  return { state: { kind: 'firing', incident, clearSinceMs: null }, ended: null };
}

function advanceFiring(
  state: Extract<AlertState, { kind: 'firing' }>,
  { clearForMs }: AlertRule,
  { isClear }: Pick<AlertReading, 'isClear'>,
  nowMs: number,
): { readonly state: AlertState; readonly ended: Incident | null } {
  if (!isClear) return { state: { ...state, clearSinceMs: null }, ended: null };
  const clearSinceMs = state.clearSinceMs ?? nowMs;
  if (nowMs - clearSinceMs < clearForMs) return { state: { ...state, clearSinceMs }, ended: null };
  return { state: QUIET, ended: { ...state.incident, endedMs: clearSinceMs } };
}
