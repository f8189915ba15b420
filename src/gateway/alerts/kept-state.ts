import { type AlertState, type Incident, QUIET, type Silence, type ToldLately } from '#alerts';

/** What is kept of all alerts between two evaluations and through restarts. */
export interface KeptAlerts {
  readonly alerts: Readonly<Record<string, AlertState>>;
  readonly toldLately: ToldLately;
  /** The last incidents that are over, newest first. */
  readonly ended: readonly Incident[];
}

export const NOTHING_KEPT: KeptAlerts = Object.freeze({ alerts: {}, toldLately: {}, ended: [] });

/** Names of notes on the board, apart by environment. */
export interface BoardNames {
  readonly state: string;
  readonly windows: string;
  readonly silence: string;
}

/** The names of one environment. Pure. */
export function boardNames(environment: string): BoardNames {
  return { state: `${environment}/state`, windows: `${environment}/windows/`, silence: `${environment}/silence/` };
}

/** Reads what was kept. Pure. */
export function readKept(text: string | undefined): KeptAlerts {
  return text === undefined ? NOTHING_KEPT : (JSON.parse(text) as KeptAlerts);
}

/** The state of an alert. Pure. */
export function stateOf({ alerts }: KeptAlerts, name: string): AlertState {
  return alerts[name] ?? QUIET;
}

/** The silences of a board. Pure. */
export function readSilences(notes: Readonly<Record<string, string>>, { silence }: BoardNames): readonly Silence[] {
  return Object.entries(notes)
    .filter(([name]) => name.startsWith(silence))
    .map(([, text]) => JSON.parse(text) as Silence)
    .sort((a, b) => a.fromMs - b.fromMs);
}
