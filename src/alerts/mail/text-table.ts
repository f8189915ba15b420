import { textWidth, wrapText } from '#core';
import type { MailBlock } from './mail-page.ts';

const GAP = '  ';

/** A table as lines of text, its head first. One too wide has its names on lines of their own, above their figures. Pure. */
export function textTable({ columns, rows }: Extract<MailBlock, { kind: 'table' }>, width: number): readonly string[] {
  const isFigure = columns.map(({ align }) => align === 'right');
  const all = [columns.map(({ text }) => text), ...rows];
  const widths = columns.map((_, at) => Math.max(0, ...all.map((cells) => textWidth(cells[at] ?? ''))));
  const whole = widths.reduce((sum, each) => sum + each, 0) + GAP.length * (widths.length - 1);
  if (whole <= width) return all.map((cells) => lineOf(cells, widths, isFigure));
  const figures = <T>(cells: readonly T[]) => cells.filter((_, at) => isFigure[at]);
  return all.flatMap((cells, at) => {
    const name = cells.filter((_, column) => !isFigure[column]).join(', ');
    const line = lineOf(figures(cells), figures(widths), figures(isFigure));
    // The head says both in one line: what stands above, what below.
    if (at === 0) return [`${name} | ${line.trim().replace(/ {2,}/g, GAP)}`];
    return [...wrapText(name, width), `    ${line}`];
  });
}

function lineOf(cells: readonly string[], widths: readonly number[], isFigure: readonly boolean[]): string {
  return cells
    .map((text, at) => {
      const blanks = ' '.repeat(Math.max(0, (widths[at] ?? 0) - textWidth(text)));
      return isFigure[at] ? blanks + text : text + blanks;
    })
    .join(GAP)
    .trimEnd();
}
