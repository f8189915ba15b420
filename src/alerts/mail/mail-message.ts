import { headerText } from './escape-html.ts';
import type { MailPage } from './mail-page.ts';
import { renderHtml } from './render-html.ts';
import { renderText } from './render-text.ts';

/** A mail as the outbox keeps it: everything but the sender and the server, which the policies say when it is sent. */
export interface MailMessage {
  readonly to: readonly string[];
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  /** `<id@host>`: the same mail has the same id however often it is tried, so that mail clients show it once. */
  readonly messageId: string;
  /** The mail that this one follows, and all of its thread; several where it belongs to several threads, null for the first. */
  readonly inReplyTo: string | readonly string[] | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly attachments: readonly MailImage[];
}

/** An image that the page shows by its content id. */
export interface MailImage {
  readonly cid: string;
  readonly filename: string;
  readonly contentType: string;
  readonly base64: string;
}

/** What a mail is made of. */
export interface MailInput {
  readonly to: readonly string[];
  readonly subject: string;
  readonly page: MailPage;
  /** Names the mail; the same key, the same message id. */
  readonly key: string;
  /** Key of the first mail of the thread, or of each of its threads; null when this is the first. */
  readonly follows: string | readonly string[] | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly images?: readonly MailImage[];
}

/** Makes the mail of a page. Pure. */
export function mailMessage({ to, subject, page, key, follows, headers = {}, images = [] }: MailInput): MailMessage {
  return {
    to,
    subject: headerText(subject),
    html: renderHtml(page),
    text: renderText(page),
    messageId: messageIdOf(key),
    inReplyTo: follows === null ? null : typeof follows === 'string' ? messageIdOf(follows) : follows.map(messageIdOf),
    // Nobody's out-of-office answer is wanted.
    headers: { 'Auto-Submitted': 'auto-generated', ...headers },
    attachments: images,
  };
}

/** Of the characters that a message id may hold everywhere. Pure. */
export function messageIdOf(key: string): string {
  return `<${key.replace(/[^A-Za-z0-9.-]+/g, '-').replace(/\.{2,}|^[.-]+|[.-]+$/g, '')}@signalbox.invalid>`;
}
