import type { Notice } from './notice.ts';

/** A notice to one receiver. */
export interface ToldNotice {
  readonly notice: Notice;
  /** Addresses, where it goes by mail. */
  readonly to: readonly string[];
  /** Names the notice. */
  readonly key: string;
  /** Names the first notice of the incident to this receiver, which opens its thread. */
  readonly first: string;
}

/** What goes out as one: the worst first. */
export type Gathered = readonly [ToldNotice, ...ToldNotice[]];

const WORST_FIRST: readonly Notice['severity'][] = ['critical', 'warning', 'info'];

/** Puts notices into the order in which they are told, the worst first and what is over last. Of an incident only the newest is told: what is over already does not also begin. Pure. */
export function gather(told: readonly ToldNotice[]): Gathered {
  const newest = new Map(told.map((each) => [each.notice.incident, each]));
  const [worst, ...others] = [...newest.values()].sort((a, b) => rankOf(a.notice) - rankOf(b.notice));
  if (worst === undefined) throw new RangeError('nothing to tell');
  return [worst, ...others];
}

/** The subject: the worst fact, and how many more there are. Pure. */
export function subjectOf([{ notice }, ...others]: Gathered): string {
  return others.length === 0 ? notice.subject : `${notice.subject} (+${others.length} more)`;
}

function rankOf({ state, severity }: Notice): number {
  return (state === 'firing' ? 0 : WORST_FIRST.length) + WORST_FIRST.indexOf(severity);
}
