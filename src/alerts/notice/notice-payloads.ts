import type { JsonObject } from '#core';
import { visible } from '../mail/escape-html.ts';
import { type MailMessage, mailMessage } from '../mail/mail-message.ts';
import type { Notice } from './notice.ts';
import { noticePage } from './notice-page.ts';

/** A notice as a mail. `key` names it, `first` the first mail of the incident to this receiver, which opens the thread. Pure. */
export function noticeMail(notice: Notice, to: readonly string[], key: string, first: string): MailMessage {
  return mailMessage({
    to,
    subject: notice.subject,
    page: noticePage(notice),
    key,
    follows: key === first ? null : first,
    headers: {
      'X-Signalbox-Alert-State': notice.state,
      'X-Signalbox-Incident': notice.incident,
      'X-Signalbox-Alert': notice.alert,
      'X-Signalbox-Severity': notice.severity,
    },
  });
}

/** A notice as the body of a webhook: the whole of it. Pure. */
export function noticeWebhook(notice: Notice): JsonObject {
  return { version: 1, ...notice, facts: Object.fromEntries(notice.facts) };
}

/** A notice as a message of Slack. Pure. */
export function noticeSlack(notice: Notice): JsonObject {
  const mark =
    notice.state === 'resolved'
      ? ':white_check_mark:'
      : notice.severity === 'critical'
        ? ':rotating_light:'
        : ':warning:';
  const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text: text.slice(0, 2900) } });
  const { causes, next, policy, links } = notice;
  return {
    text: slackText(notice.subject),
    blocks: [
      section(`${mark} *${slackText(notice.subject)}*`),
      ...(causes.length === 0
        ? []
        : [section(`*What stands behind it*\n${causes.map((each) => `• ${slackText(each)}`).join('\n')}`)]),
      ...(next.length === 0
        ? []
        : [section(`*What to do next*\n${next.map((each) => `• ${slackText(withoutCode(each))}`).join('\n')}`)]),
      {
        type: 'context',
        elements: [
          {
            type: 'mrkdwn',
            text: `${policy === null ? '' : `\`${slackText(`${policy.file}:${policy.line}`)}\` · `}${slackText(`incident ${notice.incident}`)}`,
          },
        ],
      },
      ...(links.length === 0
        ? []
        : [
            {
              type: 'actions',
              elements: links.map(({ text, url }) => ({ type: 'button', text: { type: 'plain_text', text }, url })),
            },
          ]),
    ],
  };
}

/** A notice as an adaptive card of Microsoft Teams. Pure. */
export function noticeTeams(notice: Notice): JsonObject {
  const { causes, next, policy, links } = notice;
  const block = (text: string, more: object = {}) => ({
    type: 'TextBlock',
    text: teamsText(text),
    wrap: true,
    ...more,
  });
  const color = notice.state === 'resolved' ? 'Good' : notice.severity === 'critical' ? 'Attention' : 'Warning';
  const card = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [
      block(notice.subject, { weight: 'Bolder', size: 'Medium', color }),
      {
        type: 'FactSet',
        facts: notice.facts.map(([title, value]) => ({ title: teamsText(title), value: teamsText(value) })),
      },
      ...(causes.length === 0
        ? []
        : [
            block('What stands behind it', { weight: 'Bolder' }),
            ...causes.map((each) => block(each, { spacing: 'Small' })),
          ]),
      ...(next.length === 0
        ? []
        : [
            block('What to do next', { weight: 'Bolder' }),
            ...next.map((each) => block(withoutCode(each), { spacing: 'Small' })),
          ]),
      ...(policy === null ? [] : [block(`${policy.file}:${policy.line}`, { isSubtle: true })]),
    ],
    actions: links.map(({ text, url }) => ({ type: 'Action.OpenUrl', title: text, url })),
  };
  return { type: 'message', attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: card }] };
}

/** A notice as an event of PagerDuty's Events API v2; the routing key is added when it is sent. Pure. */
export function noticePagerDuty(notice: Notice): JsonObject {
  const { facts, causes, next, policy, links } = notice;
  return {
    event_action: notice.state === 'resolved' ? 'resolve' : 'trigger',
    dedup_key: notice.incident,
    client: 'Signalbox',
    payload: {
      summary: visible(notice.subject).slice(0, 1024),
      source: `signalbox/${notice.environment}`,
      severity: notice.severity,
      timestamp: notice.endedAt ?? notice.startedAt,
      component: notice.alert,
      custom_details: {
        ...Object.fromEntries(facts),
        causes,
        next: next.map(withoutCode),
        policy: policy === null ? null : `${policy.file}:${policy.line}`,
      },
    },
    links: links.map(({ text, url }) => ({ text, href: url })),
  };
}

/** Backticks would be shown as such: what they mean to a channel is taken away with all other formatting. */
function withoutCode(step: string): string {
  return step.replaceAll('`', '');
}

/** Slack reads `<`, `>` and `&` as links and mentions, and the rest as formatting. */
function slackText(text: string): string {
  return visible(text)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[*_~`]/g, '\u2009$&');
}

/** Markdown marks lose their meaning; nothing becomes a link. */
function teamsText(text: string): string {
  return visible(text).replace(/[\\*_~`[\]#<>|]/g, '\\$&');
}
