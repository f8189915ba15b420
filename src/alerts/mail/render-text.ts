import { visible } from './escape-html.ts';
import type { MailBlock, MailPage } from './mail-page.ts';

/** A mail page as plain text, for readers without HTML and for search. Pure. */
export function renderText(page: MailPage): string {
  const parts = [`${page.badge.toUpperCase()}: ${page.title}`, ...page.blocks.map(block), '-- ', ...page.footer];
  return `${visible(parts.filter((part) => part !== '').join('\n\n')).replace(/-- \n\n/, '-- \n')}\n`;
}

function block(each: MailBlock): string {
  switch (each.kind) {
    case 'paragraph':
      return each.text;
    case 'heading':
      return `${each.text}\n${'-'.repeat(Math.min(60, each.text.length))}`;
    case 'facts':
      return columns(each.rows, [false, false]);
    case 'table': {
      const isFigure = each.columns.map(({ align }) => align === 'right');
      return columns([each.columns.map(({ text }) => text), ...each.rows], isFigure);
    }
    case 'list':
      return each.items.map((item, at) => `${at + 1}. ${item}`).join('\n');
    case 'chart':
    case 'image':
      return `[${each.alt}]`;
    case 'code':
      return `    ${each.text}`;
    case 'links':
      return each.links.map(({ text, url }) => `${text}: ${url}`).join('\n');
  }
}

function columns(rows: readonly (readonly string[])[], isFigure: readonly boolean[]): string {
  const widths = isFigure.map((_, at) => Math.min(44, Math.max(0, ...rows.map((cells) => cells[at]?.length ?? 0))));
  return rows
    .map((cells) =>
      cells
        .map((text, at) => (isFigure[at] ? text.padStart(widths[at] ?? 0) : text.padEnd(widths[at] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
