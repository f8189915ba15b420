import type { LookupAddress } from 'node:dns';
import { isIP } from 'node:net';
import type { Transporter } from 'nodemailer';
import { forbiddenAddress, type Reach } from '#network';
import type { MailMessage } from '../mail/mail-message.ts';
import { DeliveryError } from './delivery-error.ts';
import { readSmtpUrl } from './smtp-server.ts';

/** Who sends, and by which server. */
export interface MailSettings {
  readonly from: string;
  /** `smtps://user:password@host`. */
  readonly serverUrl: string;
  /** PEM; null for the authorities that the machine knows. */
  readonly ca: string | null;
  readonly dkim: { readonly domain: string; readonly selector: string; readonly key: string } | null;
}

const TIMEOUT_MS = 15_000;

/**
 * Sends one mail. Rejects with DeliveryError: final where the server refuses the mail for good (every recipient unknown), else worth another try. Effects: a connection that
 * is closed again; the mail program is read when the first mail is sent.
 */
export async function sendMail(settings: MailSettings, message: MailMessage, reach: Reach): Promise<void> {
  const transport = await openTransport(settings, reach);
  const references = [message.inReplyTo ?? []].flat();
  const [parent] = references;
  try {
    await transport.sendMail({
      from: settings.from,
      to: [...message.to],
      subject: message.subject,
      text: message.text,
      html: message.html,
      messageId: message.messageId,
      ...(parent === undefined ? {} : { inReplyTo: parent, references }),
      headers: { ...message.headers },
      attachments: message.attachments.map(({ cid, filename, contentType, base64 }) => ({
        ...{ cid, filename, contentType },
        content: Buffer.from(base64, 'base64'),
      })),
      // Nothing in a mail may name a file or an address to be read.
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  } catch (error) {
    throw deliveryError(error);
  } finally {
    transport.close();
  }
}

/** Connects to the server and logs in, without a mail. Rejects with DeliveryError. Effects: a connection that is closed again. */
export async function tryMailServer(settings: MailSettings, reach: Reach): Promise<void> {
  const transport = await openTransport(settings, reach);
  try {
    await transport.verify();
  } catch (error) {
    throw deliveryError(error);
  } finally {
    transport.close();
  }
}

async function openTransport({ serverUrl, ca, dkim }: MailSettings, reach: Reach): Promise<Transporter> {
  const { host, port, isTls, needsTls, user, password } = readSmtpUrl(serverUrl);
  const address = await addressOf(host, reach);
  // Half a megabyte of modules that a gateway without mail can do without.
  const { createTransport } = await import('nodemailer');
  return createTransport({
    host: address,
    port,
    secure: isTls,
    requireTLS: needsTls,
    ...(user === null ? {} : { auth: { user, pass: password ?? '' } }),
    tls: { minVersion: 'TLSv1.2', ...(isIP(host) === 0 ? { servername: host } : {}), ...(ca === null ? {} : { ca }) },
    ...(dkim === null ? {} : { dkim: { domainName: dkim.domain, keySelector: dkim.selector, privateKey: dkim.key } }),
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
  });
}

/** The address that is connected to: the mail program would look a name up by itself, and go wherever it leads. */
async function addressOf(host: string, reach: Reach): Promise<string> {
  if (isIP(host) !== 0) return host;
  return new Promise((resolve, reject) => {
    reach.lookup(host, {}, (error, address) => {
      if (error === null) resolve(firstOf(address));
      else if (forbiddenAddress(error) === null)
        reject(new DeliveryError(`the mail server is not found (${error.code})`, false, error));
      else reject(new DeliveryError(error.message, false, error));
    });
  });
}

function firstOf(found: string | LookupAddress[]): string {
  return typeof found === 'string' ? found : (found[0]?.address ?? '');
}

/** Only the server's number is repeated: its words may hold addresses. */
function deliveryError(error: unknown): DeliveryError {
  if (error instanceof DeliveryError) return error;
  const { code = 'error', responseCode } = error as { readonly code?: string; readonly responseCode?: number };
  const isFinal = code === 'EENVELOPE' && responseCode !== undefined && responseCode >= 550;
  const said = responseCode === undefined ? '' : `, the server said ${responseCode}`;
  return new DeliveryError(`the mail was not taken (${code}${said})`, isFinal, error);
}
