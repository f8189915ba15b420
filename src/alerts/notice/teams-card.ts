import type { JsonObject } from '#core';
import { visible } from '../mail/escape-html.ts';
import type { Gathered } from './gather.ts';
import type { Notice } from './notice.ts';
import { withoutCode } from './words.ts';

/** Notices as an adaptive card of Microsoft Teams. Pure. */
export function teamsCard(group: Gathered): JsonObject {
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

/** Markdown marks lose their meaning; nothing becomes a link. */
function teamsText(text: string): string {
  return visible(text).replace(/[\\*_~`[\]#<>|]/g, '\\$&');
}
