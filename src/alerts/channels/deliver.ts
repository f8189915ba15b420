import type { Reach } from '#network';
import type { Snapshot } from '#snapshot';
import type { MailMessage } from '../mail/mail-message.ts';
import type { ToldNotice } from '../notice/gather.ts';
import { noticePayload } from '../notice/notice-payloads.ts';
import type { OutboxMessage } from '../outbox/outbox.ts';
import { alertReceivers } from '../receivers.ts';
import { createAddresses, type DeliverySecrets } from './addresses.ts';
import { DeliveryError } from './delivery-error.ts';
import { postJson } from './post-json.ts';
import { sendMail } from './send-mail.ts';

/** What a delivery looks things up in. */
export interface DeliveryOptions {
  readonly snapshot: () => Snapshot;
  readonly secrets: DeliverySecrets;
  readonly nowMs: () => number;
  /** Where names may lead. */
  readonly reach: Reach;
}

/**
 * Hands messages over as the policies in service say: who sends, by which server, to which address. Rejects with DeliveryError. A channel whose optional address is not set is
 * left out without a word. Effects: connections.
 */
export function createDelivery({
  snapshot,
  secrets,
  nowMs,
  reach,
}: DeliveryOptions): (messages: readonly OutboxMessage[]) => Promise<void> {
  const { lookUp, mailSettings, urlOf } = createAddresses(snapshot, secrets);

  async function post(url: string | null, body: OutboxMessage['payload'], secret: string | null): Promise<void> {
    if (url !== null) await postJson({ url, body, secret, nowMs: nowMs(), reach });
  }

  return async (messages) => {
    const [message] = messages;
    if (message === undefined) return;
    const { channel, receiver: name } = message;
    const payload = payloadOf(message, messages);
    if (channel === 'email') return sendMail(mailSettings(), payload as unknown as MailMessage, reach);
    const receiver = alertReceivers(snapshot()).get(name);
    const spec = receiver?.spec[channel];
    if (receiver === undefined || spec === undefined) {
      throw new DeliveryError(`Receiver ${name} has no channel ${channel} any more`, true);
    }
    const url = urlOf(receiver, channel);
    const what = `${channel} of Receiver ${name}`;
    if (channel === 'webhook') {
      return post(url, payload, lookUp(`${what}, its secret`, receiver.spec.webhook?.secret));
    }
    if (channel !== 'pagerduty') return post(url, payload, null);
    const key = lookUp(`${what}, its routing key`, receiver.spec.pagerduty?.routingKey);
    if (key !== null) await post(url, { ...payload, routing_key: key }, null);
  };
}

/** What waited for others is put into its form only now. */
function payloadOf({ channel, payload }: OutboxMessage, messages: readonly OutboxMessage[]): OutboxMessage['payload'] {
  if (payload.waits === undefined) return payload;
  return noticePayload(
    channel,
    messages.map((each) => each.payload.waits as unknown as ToldNotice),
  );
}
