import { parseDuration } from '#core';
import type { ReceiverSpec, Snapshot } from '#snapshot';
import type { ReceiverLimit } from './engine/due-receivers.ts';
import type { Notice } from './notice/notice.ts';
import { noticePayload } from './notice/notice-payloads.ts';
import type { OutboxMessage } from './outbox/outbox.ts';

/** A Receiver document. */
export interface AlertReceiver {
  readonly name: string;
  readonly channels: readonly OutboxMessage['channel'][];
  readonly to: readonly string[];
  readonly limit: ReceiverLimit;
  /** How long a notice to people waits for others to go out with; null for not at all. */
  readonly groupMs: number | null;
  readonly spec: ReceiverSpec;
}

const CHANNELS = ['email', 'webhook', 'slack', 'teams', 'pagerduty'] as const;
/** Machines count incidents: each of them is an event of its own. */
const FOR_PEOPLE: ReadonlySet<string> = new Set(['email', 'slack', 'teams']);
const WAIT_MS = 30_000;
const LIMIT: ReceiverLimit = Object.freeze({ max: 20, perMs: 3_600_000 });

/** The receivers of a snapshot by name. Pure. */
export function alertReceivers(snapshot: Snapshot): ReadonlyMap<string, AlertReceiver> {
  return new Map(
    snapshot.carried.flatMap(({ kind, name, spec: written }) => {
      if (kind !== 'Receiver') return [];
      const spec = written as unknown as ReceiverSpec;
      const { limit, group } = spec;
      const receiver: AlertReceiver = {
        name,
        channels: CHANNELS.filter((channel) => spec[channel] !== undefined),
        to: spec.email?.to ?? [],
        limit: limit === undefined ? LIMIT : { max: limit.max, perMs: parseDuration(limit.per) ?? LIMIT.perMs },
        groupMs: group === undefined ? null : (parseDuration(group.wait ?? '') ?? WAIT_MS),
        spec,
      };
      return [[name, receiver] as const];
    }),
  );
}

/** The messages that tell a receiver by each of its channels. `key` names the notice, `first` the first notice of its thread. Pure. */
export function noticeMessages(
  notice: Notice,
  receiver: AlertReceiver,
  key: string,
  first: string,
): readonly OutboxMessage[] {
  const { name, channels, to, groupMs } = receiver;
  const told = { notice, to, key, first };
  return channels.map((channel) => {
    const message = { key: `${key}:${channel}`, channel, receiver: name };
    return groupMs !== null && FOR_PEOPLE.has(channel) && !notice.isTest
      ? { ...message, payload: { waits: { ...told }, as: notice.state }, waitMs: groupMs }
      : { ...message, payload: noticePayload(channel, [told]) };
  });
}
