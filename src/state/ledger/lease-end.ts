import type { LeaseEnd } from '../store.ts';
import type { Books } from './books.ts';
import type { HoldPart, HoldRecord } from './hold-record.ts';
import { isOpen } from './hold-record.ts';

/** A hold none of which is open any more, as those who keep accounts are told of it. */
export function leaseEndOf(books: Books, id: string, record: HoldRecord, nowMs: number): LeaseEnd {
  return endOf(id, record, ({ counter }) => books.knownCounter(counter.key, nowMs)?.spent ?? 0);
}

/** What was told of the end of a hold that is now settled or taken anew; null when nothing was, or nothing was charged. Pure. */
export function undoneEndOf(id: string, record: HoldRecord | undefined): LeaseEnd | null {
  if (record === undefined || isOpen(record) || !record.parts.some(({ charged }) => charged > 0)) return null;
  return endOf(id, record, () => 0);
}

function endOf(id: string, { owner, memo, parts }: HoldRecord, spentOf: (part: HoldPart) => number): LeaseEnd {
  return {
    id,
    owner,
    memo,
    endedMs: Math.max(0, ...parts.map(({ chargedAtMs }) => chargedAtMs)),
    charges: parts.map((part) => {
      const { counter, charged } = part;
      return {
        key: counter.key,
        budget: counter.budget,
        limit: counter.limit,
        amount: charged,
        spent: spentOf(part),
      };
    }),
  };
}

/** A lease may end, be taken back and end again: each has its key. Pure. */
export function leaseKey(kind: 'ended' | 'undone', { id, endedMs }: Pick<LeaseEnd, 'id' | 'endedMs'>): string {
  return `${id}:${kind}:${endedMs}`;
}
