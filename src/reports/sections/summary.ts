import { type MailBlock, money, number, percent } from '#alerts';
import { successText, trendText } from '../texts.ts';
import type { SectionInput } from './section.ts';

/** The figures that everybody asks for first, with what they were before. Pure. */
export function writeSummary({ figures: { totals, before, tally }, words }: SectionInput): MailBlock[] {
  const asked = tally.requests - tally.refused;
  const askedBefore = tally.before === null ? 0 : tally.before.requests - tally.before.refused;
  const refused = tally.refused === 0 ? '' : `, ${number(Math.round(tally.refused))} ${words.refused}`;
  const successBefore =
    askedBefore === 0 ? '' : ` (${words.trend}: ${successText(tally.before?.answered ?? 0, askedBefore, words)})`;
  // Requests that no target could take are asked as well, and stand in no ledger: the share tells what it is of.
  const counts = asked <= 0 ? '' : `, ${number(Math.round(tally.answered))} / ${number(Math.round(asked))}`;
  const share = totals.requests === 0 ? '' : ` (${percent(totals.fallbacks / totals.requests)})`;
  const withTrend = (now: number, then: number | undefined, text: (value: number) => string) =>
    `${text(now)}${trendText(now, then ?? null)}`;
  return [
    {
      kind: 'facts',
      rows: [
        [words.requests, `${withTrend(totals.requests, before?.requests, number)}${refused}`],
        [words.success, `${successText(tally.answered, asked, words)}${successBefore}${counts}`],
        [words.cost, withTrend(totals.costMicroUsd, before?.costMicroUsd, money)],
        [words.tokens, `${number(totals.inputTokens)} ${words.input}, ${number(totals.outputTokens)} ${words.output}`],
        [words.fallbacks, `${number(totals.fallbacks)}${share}`],
        [words.saved, withTrend(totals.savedMicroUsd, before?.savedMicroUsd, money)],
      ],
    },
  ];
}
