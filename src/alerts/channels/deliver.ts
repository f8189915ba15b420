import { asObject, isObject } from '#core';
import type { Reach } from '#network';
import type { Mail, SecretRefSpec, Snapshot, TextOrSecretSpec } from '#snapshot';
import type { MailMessage } from '../mail/mail-message.ts';
import type { OutboxMessage } from '../outbox/outbox.ts';
import { alertReceivers } from '../receivers.ts';
import { DeliveryError } from './delivery-error.ts';
import { postJson } from './post-json.ts';
import { type MailSettings, sendMail } from './send-mail.ts';

/** Where values of secret references come from. */
export interface DeliverySecrets {
  /** Null when there is none. */
  readonly text: (ref: Mail['server']) => string | null;
}

/** What a delivery looks things up in. */
export interface DeliveryOptions {
  readonly snapshot: () => Snapshot;
  readonly secrets: DeliverySecrets;
  readonly nowMs: () => number;
  /** Where names may lead. */
  readonly reach: Reach;
}

const PAGERDUTY_URL = 'https://events.pagerduty.com/v2/enqueue';

/**
 * Hands messages over as the policies in service say: who sends, by which server, to which address. Rejects with DeliveryError. A channel whose optional address is not set is
 * left out without a word. Effects: connections.
 */
export function createDelivery({
  snapshot,
  secrets,
  nowMs,
  reach,
}: DeliveryOptions): (message: OutboxMessage) => Promise<void> {
  function lookUp(what: string, written: TextOrSecretSpec | SecretRefSpec | undefined): string | null {
    if (written === undefined) return null;
    if (typeof written === 'string') return written;
    const value = secrets.text(refOf(written));
    if (value !== null || written.optional === true) return value;
    throw new DeliveryError(`${what}: ${refOf(written).id} is not set`, false);
  }

  function mailSettings(): MailSettings {
    const { mail } = snapshot().project;
    if (mail === null) throw new DeliveryError('Project.spec.mail names no `from` or no `server`', false);
    const value = (what: string, ref: Mail['server']): string => {
      const found = secrets.text(ref);
      if (found === null) throw new DeliveryError(`${what}: ${ref.id} is not set`, false);
      return found;
    };
    return {
      from: mail.from,
      serverUrl: value('the SMTP server', mail.server),
      ca: mail.ca === null ? null : value('the authority of the SMTP server', mail.ca),
      dkim: mail.dkim === null ? null : { ...mail.dkim, key: value('the DKIM key', mail.dkim.key) },
    };
  }

  async function post(
    what: string,
    written: TextOrSecretSpec | undefined,
    body: OutboxMessage['payload'],
    secret: string | null,
  ): Promise<void> {
    const url = lookUp(what, written);
    if (url !== null) await postJson({ url, body, secret, nowMs: nowMs(), reach });
  }

  return async ({ channel, receiver: name, payload }) => {
    if (channel === 'email') return sendMail(mailSettings(), payload as unknown as MailMessage, reach);
    const receiver = alertReceivers(snapshot()).get(name);
    const spec = receiver?.spec[channel];
    if (receiver === undefined || spec === undefined) {
      throw new DeliveryError(`Receiver ${name} has no channel ${channel} any more`, true);
    }
    const what = `${channel} of Receiver ${name}`;
    if (channel === 'webhook') {
      const { webhook } = receiver.spec;
      return post(what, webhook?.url, payload, lookUp(`${what}, its secret`, webhook?.secret));
    }
    if (channel === 'pagerduty') {
      const { pagerduty } = receiver.spec;
      const key = lookUp(`${what}, its routing key`, pagerduty?.routingKey);
      if (key === null) return;
      return post(what, pagerduty?.url ?? PAGERDUTY_URL, { ...payload, routing_key: key }, null);
    }
    const { url } = asObject(spec);
    return post(what, typeof url === 'string' || isObject(url) ? (url as TextOrSecretSpec) : undefined, payload, null);
  };
}

function refOf({ env, file, store, key, optional = false }: SecretRefSpec): Mail['server'] {
  if (env !== undefined) return { id: `env:${env}`, source: 'env', name: env, optional };
  if (file !== undefined) return { id: `file:${file}`, source: 'file', name: file, optional };
  return { id: `store:${store}/${key}`, source: 'store', name: `${store}/${key}`, optional };
}
