import type { MailPage } from './mail-page.ts';
import { textLines } from './text-lines.ts';

/** A mail page as plain text, for readers without HTML and for search. Pure. */
export function renderText(page: MailPage): string {
  return `${textLines(page)
    .map(({ text }) => text)
    .join('\n')}\n`;
}
