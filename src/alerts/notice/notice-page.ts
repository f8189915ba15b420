import type { MailBlock, MailPage, MailTone } from '../mail/mail-page.ts';
import type { Notice } from './notice.ts';

const TONES: Readonly<Record<Notice['severity'], MailTone>> = {
  critical: 'critical',
  warning: 'warning',
  info: 'info',
};

/** A notice as a mail page. Pure. */
export function noticePage(notice: Notice): MailPage {
  const isOver = notice.state === 'resolved';
  const { policy, causes, next, links, description } = notice;
  const blocks: MailBlock[] = [
    ...(notice.isTest ? [text('This is a test: nothing has happened. The figures are made up.')] : []),
    ...(description === '' ? [] : [text(description)]),
    { kind: 'facts', rows: notice.facts },
    ...(causes.length === 0 ? [] : [heading('What stands behind it'), list(causes)]),
    ...(next.length === 0 ? [] : [heading('What to do next'), { kind: 'list' as const, items: next, hasCode: true }]),
    ...(policy === null ? [] : [heading('Written in'), code(`${policy.file}:${policy.line}`)]),
    ...(links.length === 0 ? [] : [{ kind: 'links' as const, links }]),
  ];
  return {
    language: 'en',
    tone: isOver ? 'good' : TONES[notice.severity],
    badge: isOver ? 'resolved' : notice.severity,
    title: notice.fact,
    preview: causes[0] ?? description,
    blocks,
    footer: [
      `Alert ${notice.alert}, incident ${notice.incident}`,
      'Sent by Signalbox, the AI gateway of your company.',
    ],
  };
}

function text(each: string): MailBlock {
  return { kind: 'paragraph', text: each };
}

function heading(each: string): MailBlock {
  return { kind: 'heading', text: each };
}

function list(items: readonly string[]): MailBlock {
  return { kind: 'list', items };
}

function code(each: string): MailBlock {
  return { kind: 'code', text: each };
}
