import type { MailBlock, MailPage, MailTone } from '../mail/mail-page.ts';
import type { Notice } from './notice.ts';

const TONES: Readonly<Record<Notice['severity'], MailTone>> = {
  critical: 'critical',
  warning: 'warning',
  info: 'info',
};

/** A notice as a mail page. Pure. */
export function noticePage(notice: Notice): MailPage {
  const { links, causes, description } = notice;
  return {
    language: 'en',
    tone: toneOf(notice),
    badge: badgeOf(notice),
    title: notice.fact,
    preview: causes[0] ?? description,
    blocks: [...blocksOf(notice, notice.facts), ...(links.length === 0 ? [] : [{ kind: 'links' as const, links }])],
    footer: [`Alert ${notice.alert}, incident ${notice.incident}`, SENDER],
  };
}

/** Facts that differ between alerts of one moment. */
const OWN_FACTS: ReadonlySet<string> = new Set(['Now', 'Since', 'Until', 'Condition']);

/** Several notices as one page, the worst first; a step that one of them names is not named again. Pure. */
export function groupPage(notices: readonly Notice[]): MailPage {
  const [worst] = notices;
  if (worst === undefined) throw new RangeError('nothing to tell');
  const { links } = worst;
  const toldSteps = new Set<string>();
  const newSteps = ({ next }: Notice) => {
    const steps = next.filter((step) => !toldSteps.has(step));
    for (const step of steps) toldSteps.add(step);
    return steps;
  };
  return {
    language: 'en',
    tone: toneOf(worst),
    badge: `${badgeOf(worst)}, ${notices.length} alerts`,
    title: worst.fact,
    preview: notices
      .slice(1)
      .map(({ fact }) => fact)
      .join(' · '),
    blocks: [
      ...notices.flatMap((notice, index) => [
        ...(index === 0 ? [] : [{ kind: 'section' as const, text: `${capital(badgeOf(notice))}: ${notice.fact}` }]),
        ...blocksOf(
          { ...notice, next: newSteps(notice) },
          notice.facts.filter(([label]) => index === 0 || OWN_FACTS.has(label)),
        ),
      ]),
      ...(links.length === 0 ? [] : [{ kind: 'links' as const, links }]),
    ],
    footer: [...notices.map(({ alert, incident }) => `Alert ${alert}, incident ${incident}`), SENDER],
  };
}

const SENDER = 'Sent by Signalbox, the AI gateway of your company.';

function blocksOf(notice: Notice, facts: Notice['facts']): readonly MailBlock[] {
  const { policy, causes, next, description } = notice;
  return [
    ...(notice.isTest ? [text('This is a test: nothing has happened. The figures are made up.')] : []),
    ...(description === '' ? [] : [text(description)]),
    { kind: 'facts', rows: facts },
    ...(causes.length === 0 ? [] : [heading('What stands behind it'), list(causes)]),
    ...(next.length === 0 ? [] : [heading('What to do next'), { kind: 'list' as const, items: next, hasCode: true }]),
    ...(policy === null ? [] : [heading('Written in'), code(`${policy.file}:${policy.line}`)]),
  ];
}

function toneOf({ state, severity }: Notice): MailTone {
  return state === 'resolved' ? 'good' : TONES[severity];
}

function badgeOf({ state, severity }: Notice): string {
  return state === 'resolved' ? 'resolved' : severity;
}

function capital(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
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
