import type { JsonObject } from '#core';
import { visible } from '../mail/escape-html.ts';
import { type Gathered, subjectOf } from './gather.ts';
import type { Notice } from './notice.ts';
import { withoutCode } from './words.ts';

/** Notices as a message of Slack. Pure. */
export function slackMessage(group: Gathered): JsonObject {
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

/** Slack reads `<`, `>` and `&` as links and mentions, and the rest as formatting. */
function slackText(text: string): string {
  return visible(text)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[*_~`]/g, '\u2009$&');
}
