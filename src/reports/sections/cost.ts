import { type MailBlock, percent } from '#alerts';
import { localDate } from '#decision';
import { amountText, costLines, roundAbove } from '../texts.ts';
import { chartOf, type SectionInput } from './section.ts';

const BLUE = '#2e6bd6';
const MAX_BUDGETS = 10;

/** Cost by day, team and model, and where the budgets stand. Effect: adds an image. */
export async function writeCost(input: SectionInput): Promise<MailBlock[]> {
  const { figures, words } = input;
  const { days, span, timezone, teams, models, budgets } = figures;
  const first = localDate(timezone, span.startMs);
  const max = roundAbove(Math.max(...days.map(({ costMicroUsd }) => costMicroUsd)));
  const bars = days.map(({ date, costMicroUsd }) => ({ date, value: costMicroUsd, isBefore: date < first }));
  const isFirst = figures.before === null;
  const fullest = budgets.toSorted((a, b) => b.share - a.share).slice(0, MAX_BUDGETS);
  return [
    { kind: 'heading', text: words.sections.cost },
    ...(bars.every(({ value }) => value === 0)
      ? []
      : [await chartOf({ name: 'cost', title: words.perDay, max, bars, colour: BLUE }, input)]),
    ...costLines(words.byTeam, words.team, teams, { words, isFirst }),
    ...costLines(words.byModel, words.model, models, { words, isFirst }),
    ...(fullest.length === 0 ? [] : [{ kind: 'heading' as const, text: words.sections.budgets }]),
    ...(fullest.length === 0
      ? []
      : [
          {
            kind: 'table' as const,
            columns: [
              { text: words.budget },
              { text: words.spent, align: 'right' as const },
              { text: words.limit, align: 'right' as const },
              { text: words.share, align: 'right' as const },
            ],
            rows: fullest.map(({ budget, split, spent, limit, unit, share }) => [
              split.length === 0 ? budget : `${budget}${words.note(words.list(split))}`,
              amountText(spent, unit, words),
              amountText(limit, unit, words),
              percent(share),
            ]),
          },
        ]),
  ];
}
