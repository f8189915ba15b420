import { type JsonObject, parseDuration } from '#core';
import type { ReceiverSpec, Snapshot } from '#snapshot';
import type { ReceiverLimit } from './engine/due-receivers.ts';
import type { Notice } from './notice/notice.ts';
import { noticeMail, noticePagerDuty, noticeSlack, noticeTeams, noticeWebhook } from './notice/notice-payloads.ts';
import type { OutboxMessage } from './outbox/outbox.ts';

/** A Receiver document. */
export interface AlertReceiver {
  readonly name: string;
  readonly channels: readonly OutboxMessage['channel'][];
  readonly to: readonly string[];
  readonly limit: ReceiverLimit;
  readonly spec: ReceiverSpec;
}

const CHANNELS = ['email', 'webhook', 'slack', 'teams', 'pagerduty'] as const;
const LIMIT: ReceiverLimit = Object.freeze({ max: 20, perMs: 3_600_000 });

/** The receivers of a snapshot by name. Pure. */
export function alertReceivers(snapshot: Snapshot): ReadonlyMap<string, AlertReceiver> {
  return new Map(
    snapshot.carried.flatMap(({ kind, name, spec: written }) => {
      if (kind !== 'Receiver') return [];
      const spec = written as unknown as ReceiverSpec;
      const { limit } = spec;
      const receiver: AlertReceiver = {
        name,
        channels: CHANNELS.filter((channel) => spec[channel] !== undefined),
        to: spec.email?.to ?? [],
        limit: limit === undefined ? LIMIT : { max: limit.max, perMs: parseDuration(limit.per) ?? LIMIT.perMs },
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
  return receiver.channels.map((channel) => ({
    key: `${key}:${channel}`,
    channel,
    receiver: receiver.name,
    payload: payloadOf(notice, receiver, channel, key, first),
  }));
}

function payloadOf(
  notice: Notice,
  { to }: AlertReceiver,
  channel: OutboxMessage['channel'],
  key: string,
  first: string,
): JsonObject {
  switch (channel) {
    case 'email':
      return { ...noticeMail(notice, to, key, first) };
    case 'webhook':
      return noticeWebhook(notice);
    case 'slack':
      return noticeSlack(notice);
    case 'teams':
      return noticeTeams(notice);
    case 'pagerduty':
      return noticePagerDuty(notice);
  }
}
