import { DeliveryError } from './delivery-error.ts';

/** How an SMTP server is reached. */
export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte; else by STARTTLS. */
  readonly isTls: boolean;
  /** Refuses to go on without TLS. */
  readonly needsTls: boolean;
  readonly user: string | null;
  readonly password: string | null;
}

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/;

/**
 * Reads `smtps://user:password@host` (TLS, port 465) or `smtp://…` (port 587, STARTTLS): credentials and mails never leave the machine in the clear, unless the URL says
 * `?tls=optional`. Throws DeliveryError, which does not repeat the URL. Pure.
 */
export function readSmtpUrl(text: string): SmtpServer {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^smtps?:$/.test(url.protocol) || url.hostname === '') {
    throw new DeliveryError('the URL of the SMTP server is not of the form smtps://user:password@host:465', false);
  }
  const isTls = url.protocol === 'smtps:';
  const isLocal = LOOPBACK.test(url.hostname);
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (isTls ? 465 : 587) : Number(url.port),
    isTls,
    needsTls: !isTls && !isLocal && url.searchParams.get('tls') !== 'optional',
    user: url.username === '' ? null : decodeURIComponent(url.username),
    password: url.password === '' ? null : decodeURIComponent(url.password),
  };
}
