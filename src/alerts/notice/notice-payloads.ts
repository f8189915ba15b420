import { type JsonObject, sha256 } from '#core';
import { visible } from '../mail/escape-html.ts';
import { type MailMessage, mailMessage } from '../mail/mail-message.ts';
import type { OutboxMessage } from '../outbox/outbox.ts';
import { type Gathered, gather, subjectOf, type ToldNotice } from './gather.ts';
import type { Notice } from './notice.ts';
import { groupPage, noticePage } from './notice-page.ts';

/** Notices as the body of a channel's call, or as a mail: several as one for channels that people read, the worst first. Pure. */
export function noticePayload(channel: OutboxMessage['channel'], told: readonly ToldNotice[]): JsonObject {
  const group = gather(told);
  const [{ notice }] = group;
  switch (channel) {
    case 'email':
      return { ...noticeMail(group) };
    case 'webhook':
      return noticeWebhook(notice);
    case 'slack':
      return noticeSlack(group);
    case 'teams':
      return noticeTeams(group);
    case 'pagerduty':
      return noticePagerDuty(notice);
  }
}

function noticeMail(group: Gathered): MailMessage {
  const notices = group.map(({ notice }) => notice);
  const [worst] = group;
  const { to, key, first, notice } = worst;
  const isFiring = notices.some(({ state }) => state === 'firing');
  const headers = {
    'X-Signalbox-Alert-State': isFiring ? 'firing' : 'resolved',
    'X-Signalbox-Incident': notices.map(({ incident }) => incident).join(', '),
    'X-Signalbox-Alert': notices.map(({ alert }) => alert).join(', '),
    'X-Signalbox-Severity': notice.severity,
  };
  const subject = subjectOf(group);
  if (group.length === 1) {
    const follows = key === first ? null : first;
    return mailMessage({ to, subject, page: noticePage(notice), key, follows, headers });
  }
  // Another try may have more to tell than the one that was perhaps taken: it must not pass for the same mail.
  const name = `${key}:${sha256(group.map((each) => each.key).join('\n')).slice(0, 16)}`;
  const follows = group.map((each) => each.first);
  return mailMessage({ to, subject, page: groupPage(notices), key: name, follows, headers });
}

/** A notice as the body of a webhook: the whole of it. Pure. */
function noticeWebhook(notice: Notice): JsonObject {
  return { version: 1, ...notice, facts: Object.fromEntries(notice.facts) };
}

/** Notices as a message of Slack. Pure. */
function noticeSlack(group: Gathered): JsonObject {
  const blocks = group.flatMap(({ notice }, index) => [
    ...(index === 0 ? [] : [{ type: 'divider' }]),
    ...slackBlocks(notice),
  ]);
  return { text: slackText(subjectOf(group)), blocks };
}

function slackBlocks(notice: Notice): readonly JsonObject[] {
  const mark =
    notice.state === 'resolved'
      ? ':white_check_mark:'
      : notice.severity === 'critical'
        ? ':rotating_light:'
        : ':warning:';
  const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text: text.slice(0, 2900) } });
  const { causes, next, policy, links } = notice;
  return [
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
  ];
}

/** Notices as an adaptive card of Microsoft Teams. Pure. */
function noticeTeams(group: Gathered): JsonObject {
  const [{ notice }] = group;
  const card = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: group.flatMap((each) => teamsBlocks(each.notice)),
    actions: notice.links.map(({ text, url }) => ({ type: 'Action.OpenUrl', title: text, url })),
  };
  return { type: 'message', attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: card }] };
}

function teamsBlocks(notice: Notice): readonly JsonObject[] {
  const { causes, next, policy } = notice;
  const block = (text: string, more: object = {}) => ({
    type: 'TextBlock',
    text: teamsText(text),
    wrap: true,
    ...more,
  });
  const color = notice.state === 'resolved' ? 'Good' : notice.severity === 'critical' ? 'Attention' : 'Warning';
  return [
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
  ];
}

/** A notice as an event of PagerDuty's Events API v2; the routing key is added when it is sent. Pure. */
function noticePagerDuty(notice: Notice): JsonObject {
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
