import { type MailBlock, percent } from '#alerts';
import { localDate } from '#decision';
import { amountText, costLines, figureColumn, roundAbove, tableUnder } from '../texts.ts';
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
  const fullest = budgets.toSorted((a, b) => b.share - a.share).slice(0, MAX_BUDGETS);
  const chart = bars.every(({ value }) => value === 0)
    ? []
    : [
        { kind: 'heading' as const, text: words.sections.cost },
        await chartOf({ name: 'cost', title: words.perDay, max, bars, colour: BLUE }, input),
      ];
  return [
    ...chart,
    ...costLines(words.byTeam, words.team, teams, words),
    ...costLines(words.byModel, words.model, models, words),
    ...tableUnder(
      words.sections.budgets,
      [{ text: words.budget }, ...[words.spent, words.limit, words.share].map(figureColumn)],
      fullest.map(({ budget, split, spent, limit, unit, share }) => [
        split.length === 0 ? budget : `${budget}${words.note(words.list(split))}`,
        amountText(spent, unit, words),
        amountText(limit, unit, words),
        percent(share),
      ]),
    ),
  ];
}
