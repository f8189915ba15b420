import { type MailBlock, money, number, percent } from '#alerts';
import { successText, withTrend } from '../texts.ts';
import type { SectionInput } from './section.ts';

/** The figures that everybody asks for first, with what they were before. Pure. */
export function writeSummary({ figures: { totals, before, tally }, words }: SectionInput): MailBlock[] {
  const asked = tally.requests - tally.refused;
  const askedBefore = tally.before === null ? 0 : tally.before.requests - tally.before.refused;
  const refused = tally.refused === 0 ? [] : [words.refused(Math.round(tally.refused))];
  const successBefore =
    askedBefore === 0 ? '' : words.note(words.before(successText(tally.before?.answered ?? 0, askedBefore, words)));
  // Requests that no target could take are asked as well, and stand in no ledger: the share tells what it is of.
  const counts = asked <= 0 ? [] : [`${number(Math.round(tally.answered))} / ${number(Math.round(asked))}`];
  const share = totals.requests === 0 ? '' : words.note(percent(totals.fallbacks / totals.requests));
  const trend = (now: number, then: number | undefined, text: (value: number) => string) =>
    withTrend(text(now), now, then ?? null, words);
  return [
    {
      kind: 'facts',
      rows: [
        [words.requests, words.list([trend(totals.requests, before?.requests, number), ...refused])],
        [words.success, words.list([`${successText(tally.answered, asked, words)}${successBefore}`, ...counts])],
        [words.cost, trend(totals.costMicroUsd, before?.costMicroUsd, money)],
        [words.tokens, words.tokensOf(totals.inputTokens, totals.outputTokens)],
        [words.fallbacks, `${number(totals.fallbacks)}${share}`],
        [words.saved, trend(totals.savedMicroUsd, before?.savedMicroUsd, money)],
      ],
    },
  ];
}
