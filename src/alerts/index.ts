/** A message that did not arrive; `isFinal` when another try is of no use. */

/** Hands messages over as the policies in service say; rejects with DeliveryError. Effects: connections. */
export { type Addresses, createAddresses, type DeliverySecrets } from './channels/addresses.ts';
export { createDelivery, type DeliveryOptions } from './channels/deliver.ts';
export { DeliveryError } from './channels/delivery-error.ts';
/** Sends one mail by SMTP: TLS, DKIM; or tries the server without one. Rejects with DeliveryError. Effects: a connection. */
export { type MailSettings, sendMail, tryMailServer } from './channels/send-mail.ts';
/** The state of one alert after a reading, and its incident from firing to its end. Pure. */
export { type AlertState, advanceAlert, type Incident, QUIET, type Told } from './engine/advance-alert.ts';
/** Alert documents of a snapshot's environment as they are watched. Pure. */
export { type AlertRule, type AlertScopeGlobs, alertRules } from './engine/alert-rule.ts';
/** What alerts would have done on recorded traffic; which of them a recording says enough for. Pure. */
export {
  type Backtest,
  type BacktestIncident,
  type BacktestState,
  createBacktest,
  isBacktestable,
} from './engine/backtest.ts';
/** Who is told now: first, again, of news; within what each receiver takes. Pure. */
export { dueReceivers, hasRoomFor, noteTold, type ReceiverLimit, type ToldLately } from './engine/due-receivers.ts';
/** How often durations came, by order of magnitude, and their quantiles. Pure. */
export { type DurationSketch, durationClass, quantileOf } from './engine/duration-sketch.ts';
/** A condition at one moment: whether it holds, its figure, its causes. Pure. */
export {
  type AlertCause,
  type AlertInputs,
  type AlertReading,
  type BudgetReading,
  readAlert,
} from './engine/read-alert.ts';
/** A recorded request as alerts look at it. Pure. */
export { recordSample } from './engine/record-sample.ts';
/** Silences and planned work: why nobody is told now. Pure. */
export { type Maintenance, quietBecause, type Silence } from './engine/silence.ts';
/** A finished request as alerts look at it; what its fallback and its cache count as. Pure. */
export { countedCache, countedFallback, type TrafficSample } from './engine/traffic-sample.ts';
/** Sliding windows over requests, counted in each process and added up by whoever evaluates. */
export {
  createTrafficWindows,
  isCounted,
  type TrafficWindows,
  totalsOf,
  type WindowsPost,
  type WindowTotals,
} from './engine/traffic-window.ts';
/** A mail as the outbox keeps it, made of a page: HTML and text, threads by key. Pure. */
export { type MailImage, type MailInput, type MailMessage, mailMessage } from './mail/mail-message.ts';
/** What a mail says, apart from how it looks: blocks of plain text that the renderers escape. */
export type { MailBlock, MailColumn, MailPage, MailTone } from './mail/mail-page.ts';
/** A mail page as HTML that mail clients and browsers show without loading anything. Pure. */
export { renderHtml } from './mail/render-html.ts';
/** A mail page as plain text. Pure. */
export { renderText } from './mail/render-text.ts';
/** A mail page as lines of text for a terminal. Pure. */
export { type TextLine, textLines } from './mail/text-lines.ts';
/** What is told of an incident, in words. Pure. */
export { conditionText, type Notice, type NoticeInput, type NoticeWorld, writeNotice } from './notice/notice.ts';
/** The fact of a reading in one line. Pure. */
export { stateFact } from './notice/state-fact.ts';
/** Money, shares, counts, durations and moments in words. Pure. */
export { amount, moment, money, number, percent, shortEnvironment, span } from './notice/words.ts';
/** Messages on their way, on disk until they have arrived: each key once, retried after 1 s doubling to 30 s. Effects: a file, deliveries. */
export { type Outbox, type OutboxEvent, type OutboxMessage, type OutboxOptions, openOutbox } from './outbox/outbox.ts';
/** Receivers by name, and the messages that tell them a notice. Pure. */
export { type AlertReceiver, alertReceivers, noticeMessages } from './receivers.ts';
