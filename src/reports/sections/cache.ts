import { type MailBlock, money, number, percent } from '#alerts';
import { localDate } from '#decision';
import { roundAbove, withTrend } from '../texts.ts';
import { chartOf, type SectionInput } from './section.ts';

const GREEN = '#12936a';

/** How often caches had the answer, and what that saved, by day. Effect: adds an image where something was saved. */
export async function writeCache(input: SectionInput): Promise<MailBlock[]> {
  const { figures, words } = input;
  const { tally, span, timezone, days, totals, before } = figures;
  const first = localDate(timezone, span.startMs);
  const counted = (isNow: boolean) => {
    const own = Object.entries(tally.lookups).filter(([date]) => date >= first === isNow);
    const hits = own.reduce((sum, [, day]) => sum + day.hits, 0);
    return { hits, all: own.reduce((sum, [, day]) => sum + day.hits + day.misses, 0) };
  };
  const [now, then] = [counted(true), counted(false)];
  const heading: MailBlock = { kind: 'heading', text: words.sections.cache };
  if (now.all === 0 && totals.savedMicroUsd === 0) return [heading, { kind: 'paragraph', text: words.noLookups }];
  const rate = now.all === 0 ? words.unknown : percent(now.hits / now.all);
  const rateBefore = then.all === 0 ? '' : words.note(words.before(percent(then.hits / then.all)));
  const bars = days.map(({ date, savedMicroUsd }) => ({ date, value: savedMicroUsd, isBefore: date < first }));
  const max = roundAbove(Math.max(...bars.map(({ value }) => value)));
  return [
    heading,
    {
      kind: 'facts',
      rows: [
        [
          words.hitRate,
          words.list([`${rate}${rateBefore}`, `${number(Math.round(now.hits))} / ${number(Math.round(now.all))}`]),
        ],
        [
          words.saved,
          withTrend(money(totals.savedMicroUsd), totals.savedMicroUsd, before?.savedMicroUsd ?? null, words),
        ],
      ],
    },
    ...(bars.every(({ value }) => value === 0)
      ? []
      : [await chartOf({ name: 'saved', title: words.saved, max, bars, colour: GREEN }, input)]),
  ];
}
