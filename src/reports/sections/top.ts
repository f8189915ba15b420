import { type MailBlock, number } from '#alerts';
import type { UsageRequest } from '#state';
import { columnMoney, figureColumn, tableUnder } from '../texts.ts';
import type { SectionInput } from './section.ts';

const MAX_CONSUMERS = 10;

/** Who and which requests used most. Pure. */
export function writeTop({ figures: { consumers, top }, words }: SectionInput): MailBlock[] {
  const byTokens = consumers.toSorted((a, b) => b.inputTokens + b.outputTokens - (a.inputTokens + a.outputTokens));
  return [
    ...tableUnder(
      words.byConsumer,
      [{ text: words.consumer }, figureColumn(words.tokens), figureColumn(words.cost)],
      byTokens
        .slice(0, MAX_CONSUMERS)
        .map((line) => [line.key, number(line.inputTokens + line.outputTokens), columnMoney(line.costMicroUsd)]),
    ),
    ...requests(words.topByTokens, top.byTokens, words),
    ...requests(words.topByCost, top.byCost, words),
  ];
}

function requests(title: string, top: readonly UsageRequest[], words: SectionInput['words']): MailBlock[] {
  return tableUnder(
    title,
    [{ text: words.request }, figureColumn(words.tokens), figureColumn(words.cost)],
    top.map(({ id, consumer, model, tokens, costMicroUsd }) => [
      `${consumer}, ${model}, ${id}`,
      number(tokens),
      costMicroUsd === null ? words.unknown : columnMoney(costMicroUsd),
    ]),
  );
}
