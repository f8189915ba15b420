import { asObject, isObject } from '#core';
import type { Mail, SecretRefSpec, Snapshot, TextOrSecretSpec } from '#snapshot';
import type { OutboxMessage } from '../outbox/outbox.ts';
import type { AlertReceiver } from '../receivers.ts';
import { DeliveryError } from './delivery-error.ts';
import type { MailSettings } from './send-mail.ts';

/** Where values of secret references come from. */
export interface DeliverySecrets {
  /** Null when there is none. */
  readonly text: (ref: Mail['server']) => string | null;
}

/** Where messages go, as the policies in service say. Each throws DeliveryError for what is not set. */
export interface Addresses {
  /** A text as written, or the value of its reference; null where that is optional and not set. */
  readonly lookUp: (what: string, written: TextOrSecretSpec | SecretRefSpec | undefined) => string | null;
  readonly mailSettings: () => MailSettings;
  /** Where a channel other than e-mail posts to. */
  readonly urlOf: (receiver: AlertReceiver, channel: OutboxMessage['channel']) => string | null;
}

const PAGERDUTY_URL = 'https://events.pagerduty.com/v2/enqueue';

/** Creates them. Effects: secrets are read. */
export function createAddresses(snapshot: () => Snapshot, secrets: DeliverySecrets): Addresses {
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

  function urlOf({ name, spec }: AlertReceiver, channel: OutboxMessage['channel']): string | null {
    const { url } = asObject(spec[channel]);
    const written = typeof url === 'string' || isObject(url) ? (url as TextOrSecretSpec) : undefined;
    if (channel === 'pagerduty' && written === undefined) return PAGERDUTY_URL;
    return lookUp(`${channel} of Receiver ${name}`, written);
  }

  return { lookUp, mailSettings, urlOf };
}

function refOf({ env, file, store, key, optional = false }: SecretRefSpec): Mail['server'] {
  if (env !== undefined) return { id: `env:${env}`, source: 'env', name: env, optional };
  if (file !== undefined) return { id: `file:${file}`, source: 'file', name: file, optional };
  return { id: `store:${store}/${key}`, source: 'store', name: `${store}/${key}`, optional };
}
