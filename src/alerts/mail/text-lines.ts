import { textWidth, wrapText } from '#core';
import { visible } from './escape-html.ts';
import type { MailBlock, MailPage } from './mail-page.ts';
import { textTable } from './text-table.ts';

/** A line of text; a terminal may show its part in a way of its own. */
export interface TextLine {
  readonly part: 'plain' | 'strong' | 'dim';
  readonly text: string;
}

/** A mail's are read in a window of 80 columns, where an answer adds a mark before each. */
const MAIL_COLUMNS = 76;
/** With more bars than this the lines say less than the list of the figures. */
const MAX_BARS = 16;

/** A mail page as lines of text no wider than that, but for what has no place to break. Pure. */
export function textLines(page: MailPage, columns = MAIL_COLUMNS): readonly TextLine[] {
  const { badge, title, blocks, footer } = page;
  const parts = [
    wrapText(`${badge.toUpperCase()}: ${title}`, columns).map(strong),
    ...blocks.map((each) => linesOf(each, columns)),
    // The sign of a signature ends with a blank.
    ['-- ', ...footer.flatMap((line) => wrapText(line, columns))].map(dim),
  ];
  return parts
    .filter((lines) => lines.length > 0)
    .flatMap((lines, at) => (at === 0 ? lines : [plain(''), ...lines]))
    .map(({ part, text }) => ({ part, text: visible(text) }));
}

function linesOf(each: MailBlock, columns: number): readonly TextLine[] {
  switch (each.kind) {
    case 'paragraph':
      return wrapText(each.text, columns).map(plain);
    case 'heading':
      return [strong(each.text), dim('-'.repeat(Math.min(columns, textWidth(each.text))))];
    case 'section':
      return [dim('='.repeat(columns)), ...wrapText(each.text, columns).map(strong)];
    case 'facts':
      return facts(each.rows, columns);
    case 'table':
      return textTable(each, columns).map((text, at) => (at === 0 ? dim(text) : plain(text)));
    case 'list':
      return each.items.flatMap((item, at) => hanging(`${at + 1}. `, item, columns)).map(plain);
    case 'chart':
      return chart(each, columns);
    case 'code':
      return [plain(`    ${each.text}`)];
    case 'links':
      return each.links.map(({ text, url }) => plain(`${text}: ${url}`));
  }
}

function facts(rows: Extract<MailBlock, { kind: 'facts' }>['rows'], columns: number): readonly TextLine[] {
  const width = Math.max(0, ...rows.map(([label]) => textWidth(label))) + 2;
  return rows.flatMap(([label, value]) => hanging(padEnd(label, width), value, columns)).map(plain);
}

function chart(
  { alt, title, legend, bars }: Extract<MailBlock, { kind: 'chart' }>,
  columns: number,
): readonly TextLine[] {
  if (bars.length > MAX_BARS) return wrapText(`[${alt}]`, columns).map(plain);
  const labels = Math.max(...bars.map(({ label }) => textWidth(label)));
  const values = Math.max(...bars.map(({ text }) => textWidth(text)));
  const longest = Math.max(10, Math.min(40, columns - labels - values - 4));
  const signs = [...new Set(bars.map(({ isPale }) => signOf(isPale)))];
  const keys = legend.map(({ text }, at) => `${signs[at] ?? ''} ${text}`);
  return [
    ...wrapText(`${title}: ${keys.join('  ')}`, columns).map(dim),
    ...bars.map(({ label, text, share, isPale }) => {
      // What is not nothing is seen.
      const length = share === 0 ? 0 : Math.max(1, Math.round(share * longest));
      return plain(`${padStart(label, labels)}  ${padStart(text, values)}  ${signOf(isPale).repeat(length)}`.trimEnd());
    }),
  ];
}

function signOf(isPale: boolean): string {
  return isPale ? '░' : '█';
}

/** The later lines begin below the text of the first. */
function hanging(head: string, text: string, columns: number): readonly string[] {
  const indent = textWidth(head);
  return wrapText(text, Math.max(20, columns - indent)).map(
    (line, at) => (at === 0 ? head : ' '.repeat(indent)) + line,
  );
}

/** Fills up to a width on a terminal. Pure. */
export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - textWidth(text)));
}

/** Fills before, up to a width on a terminal. Pure. */
export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - textWidth(text))) + text;
}

function plain(text: string): TextLine {
  return { part: 'plain', text };
}

function strong(text: string): TextLine {
  return { part: 'strong', text };
}

function dim(text: string): TextLine {
  return { part: 'dim', text };
}
