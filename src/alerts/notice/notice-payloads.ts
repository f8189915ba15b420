import { type JsonObject, sha256 } from '#core';
import { visible } from '../mail/escape-html.ts';
import { type MailMessage, mailMessage } from '../mail/mail-message.ts';
import type { OutboxMessage } from '../outbox/outbox.ts';
import { type Gathered, gather, subjectOf, type ToldNotice } from './gather.ts';
import type { Notice } from './notice.ts';
import { groupPage, noticePage } from './notice-page.ts';
import { slackMessage } from './slack-message.ts';
import { teamsCard } from './teams-card.ts';
import { withoutCode } from './words.ts';

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
      return slackMessage(group);
    case 'teams':
      return teamsCard(group);
    case 'pagerduty':
      return noticePagerDuty(notice);
  }
}

function noticeMail(group: Gathered): MailMessage {
  const notices = group.map(({ notice }) => notice);
  const [worst] = group;
  const { key, first, notice } = worst;
  // Addresses may have changed while notices waited: whoever was to hear of one of them does.
  const to = [...new Set(group.flatMap((each) => each.to))];
  const headers = {
    'X-Signalbox-Alert-State': notice.state,
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
