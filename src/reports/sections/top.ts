import { type MailBlock, number } from '#alerts';
import type { UsageRequest } from '#state';
import { columnMoney } from '../texts.ts';
import type { SectionInput } from './section.ts';

/** Who and which requests used most. Pure. */
export function writeTop({ figures: { consumers, top }, words }: SectionInput): MailBlock[] {
  const byTokens = consumers.toSorted((a, b) => b.inputTokens + b.outputTokens - (a.inputTokens + a.outputTokens));
  return [
    { kind: 'heading', text: words.byConsumer },
    {
      kind: 'table',
      columns: [{ text: words.consumer }, { text: words.tokens, align: 'right' }, { text: words.cost, align: 'right' }],
      rows: byTokens
        .slice(0, 10)
        .map((line) => [line.key, number(line.inputTokens + line.outputTokens), columnMoney(line.costMicroUsd)]),
    },
    ...requests(words.topByTokens, top.byTokens, words),
    ...requests(words.topByCost, top.byCost, words),
  ];
}

function requests(title: string, top: readonly UsageRequest[], words: SectionInput['words']): MailBlock[] {
  if (top.length === 0) return [];
  return [
    { kind: 'heading', text: title },
    {
      kind: 'table',
      columns: [{ text: words.request }, { text: words.tokens, align: 'right' }, { text: words.cost, align: 'right' }],
      rows: top.map(({ id, consumer, model, tokens, costMicroUsd }) => [
        `${consumer}, ${model}, ${id}`,
        number(tokens),
        costMicroUsd === null ? words.unknown : columnMoney(costMicroUsd),
      ]),
    },
  ];
}
