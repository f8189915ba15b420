import { targetsOf } from '#gateway';
import { type Check, chosenSnapshot } from '../installation.ts';
import { good } from '../outcome.ts';

const MAX_AGE_DAYS = 60;
const DAY_MS = 86_400_000;

/** When the prices that costs are counted with were last read. */
export const checkPrices: Check = async (installation) => {
  const snapshot = chosenSnapshot(installation);
  if (snapshot === null) return [];
  const names = new Set([...targetsOf(snapshot)].flatMap(({ model }) => model ?? []));
  const dates = [...names].flatMap((name) => snapshot.models.get(name)?.prices.at(-1)?.readAt ?? []).sort();
  const [oldest] = dates;
  if (oldest === undefined) return [];
  const days = Math.floor((installation.call.terminal.nowMs() - Date.parse(oldest)) / DAY_MS);
  const where = `${dates.length} model${dates.length === 1 ? '' : 's'} of chains`;
  if (days <= MAX_AGE_DAYS)
    return [good('prices', where, `prices were last read ${days} days ago or later (${oldest})`)];
  const message = `a price was last read ${days} days ago (${oldest})`;
  const hint = 'Update Signalbox for newer prices, or set those of your contract in a Model document.';
  return [{ check: 'prices', status: 'warn', where, message, hint }];
};
