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

/** Puts notices of one state into the order in which they are told, the worst first. Of an incident only the newest is told: a reminder says what its first notice did. Pure. */
export function gather(told: readonly ToldNotice[]): Gathered {
  const newest = new Map(told.map((each) => [each.notice.incident, each]));
  const rank = ({ notice }: ToldNotice): number => WORST_FIRST.indexOf(notice.severity);
  const [worst, ...others] = [...newest.values()].sort((a, b) => rank(a) - rank(b));
  if (worst === undefined) throw new RangeError('nothing to tell');
  return [worst, ...others];
}

/** The subject: the worst fact, and how many more there are. Pure. */
export function subjectOf([{ notice }, ...others]: Gathered): string {
  return others.length === 0 ? notice.subject : `${notice.subject} (+${others.length} more)`;
}
