import type { MailBlock } from '#alerts';
import { adviceOn } from '../advice.ts';
import type { SectionInput } from './section.ts';

/** What to do next, and where. Pure. */
export function writeAdvice({ figures, snapshot, rule, words }: SectionInput): MailBlock[] {
  const items = adviceOn(figures, snapshot, rule.language).map(
    ({ text, at }) => `${text}${at === null ? '' : words.note(`${at.file}:${at.line}`)}`,
  );
  return [
    { kind: 'heading', text: words.sections.advice },
    items.length === 0 ? { kind: 'paragraph', text: words.noAdvice } : { kind: 'list', items },
  ];
}
