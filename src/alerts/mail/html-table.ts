import { escapeHtml } from './escape-html.ts';

/** Of every table of a mail. */
export const TABLE = 'border-collapse:collapse;width:100%';

/** Rows as a table; cells are no headings for those who listen to the page. Pure. */
export function table(rows: readonly string[]): string {
  return `<table role="presentation" class="rows" style="${TABLE};margin:8px 0;font-size:14px">${rows.join('')}</table>`;
}

/** A row of cells. Pure. */
export function row(...cells: readonly string[]): string {
  return `<tr>${cells.join('')}</tr>`;
}

/** A cell with a text; `name` is the class by which dark screens colour it. Pure. */
export function cell(text: string, style: string, name: string): string {
  return `<td class="${name}" style="${style}">${escapeHtml(text)}</td>`;
}
