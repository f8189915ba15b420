/** A message that did not arrive; `isFinal` when another try is of no use. */
export { DeliveryError } from './channels/delivery-error.ts';
/** Sends one mail by SMTP: TLS, DKIM. Rejects with DeliveryError. Effects: a connection. */
export { type MailSettings, sendMail } from './channels/send-mail.ts';
/** A mail as the outbox keeps it, made of a page: HTML and text, threads by key. Pure. */
export { type MailImage, type MailInput, type MailMessage, mailMessage } from './mail/mail-message.ts';
/** What a mail says, apart from how it looks: blocks of plain text that the renderers escape. */
export type { MailBlock, MailColumn, MailPage, MailTone } from './mail/mail-page.ts';
/** A mail page as HTML that mail clients and browsers show without loading anything. Pure. */
export { renderHtml } from './mail/render-html.ts';
/** A mail page as plain text. Pure. */
export { renderText } from './mail/render-text.ts';
/** Messages on their way, on disk until they have arrived: each key once, retried after 1 s doubling to 30 s. Effects: a file, deliveries. */
export { type Outbox, type OutboxEvent, type OutboxMessage, type OutboxOptions, openOutbox } from './outbox/outbox.ts';
