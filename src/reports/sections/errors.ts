import { type MailBlock, number, quantileOf, span } from '#alerts';
import { figureColumn, tableUnder } from '../texts.ts';
import type { SectionInput } from './section.ts';

const MAX_ROWS = 10;

/** What callers were told instead of an answer, who stepped in, and which routes were slow. Pure. */
export function writeErrors({ figures: { tally }, words }: SectionInput): MailBlock[] {
  const count = (value: number) => number(Math.round(value));
  const slow = Object.entries(tally.routes)
    .map(([route, sketch]) => ({
      route,
      p50: quantileOf(sketch, 0.5) ?? 0,
      p95: quantileOf(sketch, 0.95) ?? 0,
      p99: quantileOf(sketch, 0.99) ?? 0,
    }))
    .sort((a, b) => b.p99 - a.p99)
    .slice(0, MAX_ROWS);
  return [
    { kind: 'heading', text: words.sections.errors },
    ...table(
      [words.code, words.provider, words.count],
      tally.errors.map(({ code, provider, count: own }) => [code, provider || '–', count(own)]),
      words.noErrors,
    ),
    { kind: 'heading', text: words.sections.fallbacks },
    ...table(
      [words.reason, words.route, words.model, words.count],
      tally.fallbacks.map(({ reason, route, model, count: own }) => [reason, route, model, count(own)]),
      words.noFallbacks,
    ),
    ...tableUnder(
      words.sections.slow,
      [{ text: words.route }, ...['p50', 'p95', 'p99'].map(figureColumn)],
      slow.map(({ route, p50, p95, p99 }) => [route, span(p50), span(p95), span(p99)]),
    ),
  ];
}

/** The last column is a count. */
function table(heads: readonly string[], rows: readonly (readonly string[])[], otherwise: string): MailBlock[] {
  if (rows.length === 0) return [{ kind: 'paragraph', text: otherwise }];
  const columns = heads.map((text, at) => ({
    text,
    align: at === heads.length - 1 ? ('right' as const) : ('left' as const),
  }));
  return [{ kind: 'table', columns, rows: rows.slice(0, MAX_ROWS) }];
}
