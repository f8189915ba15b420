import { textWidth } from '#core';
import { escapeHtml } from './escape-html.ts';
import { cell, row, table } from './html-table.ts';
import type { MailBlock } from './mail-page.ts';

type FigureTable = Extract<MailBlock, { kind: 'table' }>;

const EDGE = 'border-bottom:1px solid #e4e7ec';
const HEAD = 'font-size:12px;font-weight:600;color:#475467';
/** Of 14 px, on a phone 390 px wide: what stands beside one another there. */
const PHONE_CHARACTERS = 43;
const GAP_CHARACTERS = 1.2;
/** A name may break after a hyphen, a slash or a blank, and anywhere where it is longer than this. */
const LONGEST_PIECE = 24;
const SHORT_NAME = 10;
const MAX_LINES = 3;
const LONG_NAME = 40;

/** A table of names and figures. Where a phone has no room for both, each name has a line of its own above its figures, in every width alike: mail clients do not agree on more. Pure. */
export function figureTable(block: FigureTable): string {
  return hasRoom(block) ? besides(block) : above(block);
}

function besides({ columns, rows }: FigureTable): string {
  const isFigure = columns.map(({ align }) => align === 'right');
  const head = columns.map(({ text }, at) => headCell(text, isFigure[at] ?? false));
  const body = rows.map((cells) =>
    row(
      ...cells.map((text, at) => {
        const wrap = isFigure[at] ? 'white-space:nowrap;text-align:right' : 'overflow-wrap:anywhere;text-align:left';
        // Whoever asks, for which model, with the id: a phone has room for an id of these letters.
        const size = textWidth(text) > LONG_NAME ? ';font-size:13px' : '';
        return cell(text, `padding:6px 8px 6px 0;${EDGE};vertical-align:top;${wrap}${size}`, 'edge');
      }),
    ),
  );
  return whole(row(...head), body);
}

function above({ columns, rows }: FigureTable): string {
  const isFigure = columns.map(({ align }) => align === 'right');
  const figures = <T>(cells: readonly T[]) => cells.filter((_, at) => isFigure[at]);
  const names = (cells: readonly string[]) => cells.filter((_, at) => !isFigure[at]).join(' · ');
  const titles = columns.map(({ text }) => text);
  const across = figures(titles).length;
  const head = row(
    `<th colspan="${across}" class="soft" style="padding:6px 8px 0 0;text-align:left;${HEAD}">${escapeHtml(names(titles))}</th>`,
  );
  const heads = row(...figures(titles).map((text) => headCell(text, true)));
  const body = rows.map(
    (cells) =>
      row(
        `<td colspan="${across}" style="padding:6px 8px 0 0;overflow-wrap:anywhere">${escapeHtml(names(cells))}</td>`,
      ) +
      row(
        ...figures(cells).map(
          (text) =>
            `<td class="edge" style="padding:0 8px 6px 0;${EDGE};vertical-align:top;text-align:right">${withUnit(text)}</td>`,
        ),
      ),
  );
  return whole(head + heads, body);
}

/** On paper the head of a table that goes on stands on the next sheet again. */
function whole(head: string, body: readonly string[]): string {
  return table([`<thead>${head}</thead><tbody>`, ...body, '</tbody>']);
}

function headCell(text: string, isFigure: boolean): string {
  const side = isFigure ? 'white-space:nowrap;text-align:right' : 'text-align:left';
  return `<th class="soft edge" style="padding:6px 8px 6px 0;${HEAD};${EDGE};${side}">${escapeHtml(text)}</th>`;
}

/** A short unit stays with its figure. */
function withUnit(text: string): string {
  return escapeHtml(text).replace(/ (?=\S{1,3}$)/, '&nbsp;');
}

function hasRoom({ columns, rows }: FigureTable): boolean {
  const needed = columns.map(({ text, align }, at) => {
    const texts = rows.map((cells) => cells[at] ?? '');
    return align === 'right'
      ? Math.max(textWidth(text) * 0.86, ...texts.map(textWidth))
      : Math.max(0, ...texts.map(leastOf));
  });
  const gaps = GAP_CHARACTERS * (columns.length - 1);
  return needed.reduce((sum, each) => sum + each, gaps) <= PHONE_CHARACTERS;
}

/** The least width in which a name reads well: on three lines at most. */
function leastOf(name: string): number {
  const pieces = name.split(/(?<=[-/ ])/).map((piece) => textWidth(piece.trimEnd()));
  const longest = Math.max(0, ...pieces.filter((width) => width <= LONGEST_PIECE));
  return Math.max(longest, Math.min(textWidth(name), SHORT_NAME), textWidth(name) / MAX_LINES);
}
