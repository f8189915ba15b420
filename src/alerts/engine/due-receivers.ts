import type { Incident } from './advance-alert.ts';
import type { AlertRule } from './alert-rule.ts';

/** How much a receiver takes. */
export interface ReceiverLimit {
  readonly max: number;
  readonly perMs: number;
}

/** When each receiver was told lately, by name. */
export type ToldLately = Readonly<Record<string, readonly number[]>>;

/** News about an incident that is known waits so long, so that ten targets that fall one after another are no ten mails. */
const NEWS_EVERY_MS = 300_000;

/**
 * The receivers who are to be told now that the incident lasts: whoever was not told yet, whoever is to be reminded, and whoever does not know of all subjects. One who has heard
 * enough for now comes later, if it lasts. Pure.
 */
export function dueReceivers(
  incident: Incident,
  rule: Pick<AlertRule, 'to' | 'repeatEveryMs'>,
  subjects: readonly string[],
  nowMs: number,
  hasRoom: (receiver: string) => boolean,
): readonly string[] {
  return rule.to.filter((receiver) => {
    if (!hasRoom(receiver)) return false;
    const told = incident.told[receiver];
    if (told === undefined) return true;
    const sinceMs = nowMs - told.atMs;
    if (sinceMs >= rule.repeatEveryMs) return true;
    return sinceMs >= NEWS_EVERY_MS && subjects.some((subject) => !told.subjects.includes(subject));
  });
}

/** Whether the receiver takes one more notice now. Pure. */
export function hasRoomFor(receiver: string, lately: ToldLately, limit: ReceiverLimit, nowMs: number): boolean {
  return (lately[receiver] ?? []).filter((atMs) => nowMs - atMs < limit.perMs).length < limit.max;
}

/** Notes that a receiver was told; what lies too far back is forgotten. Pure. */
export function noteTold(lately: ToldLately, receiver: string, { perMs }: ReceiverLimit, nowMs: number): ToldLately {
  const kept = (lately[receiver] ?? []).filter((atMs) => nowMs - atMs < perMs);
  return { ...lately, [receiver]: [...kept, nowMs] };
}
