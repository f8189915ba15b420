import type { AlertReading } from '#alerts';
import { fitsGlob } from '#core';
import { localDate } from '#decision';
import type { GatewayParts } from '../gateway-parts.ts';

const LOOK_BACK_MS = 86_400_000;

/** Who has spent most of a budget in its window, out of the usage ledger of this machine; nothing for budgets that count something else. */
export async function findSpenders(
  { policies, usage, nowMs }: Pick<GatewayParts, 'policies' | 'usage' | 'nowMs'>,
  { budget: reading }: AlertReading,
  windowStartMs: number | null,
): Promise<readonly { readonly name: string; readonly amount: number }[]> {
  const { snapshot } = policies.current();
  const budget = snapshot.budgets.get(reading?.budget ?? '');
  if (budget === undefined || budget.unit !== 'cost') return [];
  await usage.flush();
  const dateOf = (atMs: number) => localDate(usage.reader.timezone(), atMs);
  const fromMs = windowStartMs ?? nowMs() - LOOK_BACK_MS;
  const { groups } = await usage.reader.report({ fromMs, toMs: nowMs() + 1, by: 'consumer', top: 0, dateOf });
  const { consumers } = budget.scope;
  return groups
    .filter(
      ({ key, costMicroUsd }) =>
        costMicroUsd > 0 && (consumers === null || consumers.some((glob) => fitsGlob(glob, key))),
    )
    .map(({ key, costMicroUsd }) => ({ name: key, amount: costMicroUsd }));
}
