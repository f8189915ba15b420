/** Local dates as Japanese writes a span of them, without what both have in common: `2026年11月16日〜22日`; one date where both are the same. Pure. */
export function dateSpan(first: string, last: string): string {
  const [year, month, day] = partsOf(first);
  const [lastYear, lastMonth, lastDay] = partsOf(last);
  const begin = `${year}年${month}月${day}日`;
  if (first === last) return begin;
  if (year !== lastYear) return `${begin}〜${lastYear}年${lastMonth}月${lastDay}日`;
  return `${begin}〜${month === lastMonth ? '' : `${lastMonth}月`}${lastDay}日`;
}

/** A date of `2026-11-27` without its year: `11月27日`. Pure. */
export function dayOfMonth(date: string): string {
  const [, month, day] = partsOf(date);
  return `${month}月${day}日`;
}

function partsOf(date: string): readonly [year: number, month: number, day: number] {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  return [year, month, day];
}
