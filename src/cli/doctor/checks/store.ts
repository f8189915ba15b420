import {
  inspectLedgerFile,
  inspectRedis,
  ledgerFile,
  readDurability,
  StoreOpenError,
  StoreUnavailableError,
} from '#state';
import type { Check } from '../installation.ts';
import { good, type Outcome } from '../outcome.ts';

const MOST_SKEW_MS = 2000;

/** Whether the store of budgets can be had: the Redis that `SIGNALBOX_REDIS_URL` names, else the file of the data folder. Nothing is written. */
export const checkStore: Check = async ({ options, call, signal }) => {
  const { storeUrl = null, dataDir = '.signalbox', durability = null } = options;
  try {
    if (storeUrl === 'memory:') return [forgets()];
    if (storeUrl !== null) return await checkRedis(storeUrl, signal, call.terminal.nowMs);
    const mode = readDurability(durability);
    const file = ledgerFile(dataDir);
    const message = inspectLedgerFile(file)
      ? `the ledger of budgets opens (durability ${mode})`
      : 'no ledger yet; the gateway makes it';
    return [good('store', file, message)];
  } catch (error) {
    if (error instanceof StoreOpenError)
      return [problem('error', storeUrl === null ? dataDir : 'SIGNALBOX_REDIS_URL', error.message, error.hint)];
    if (!(error instanceof StoreUnavailableError)) throw error;
    const hint = 'Start it, or correct SIGNALBOX_REDIS_URL. Until it answers, budgets decide by their failMode.';
    return [problem('error', 'SIGNALBOX_REDIS_URL', error.detail, hint)];
  }
};

async function checkRedis(url: string, signal: AbortSignal, nowMs: () => number): Promise<readonly Outcome[]> {
  const { display, version, isTls, evictionRisk, nowMs: theirs } = await inspectRedis(url, signal);
  const skewMs = theirs - nowMs();
  const how = isTls ? 'over TLS' : 'in plain text';
  return [
    good('store', display, `Redis ${version ?? 'of an unknown version'} answers ${how}`),
    ...(evictionRisk === null
      ? []
      : [problem('warn', display, evictionRisk, 'CONFIG SET maxmemory-policy noeviction')]),
    Math.abs(skewMs) <= MOST_SKEW_MS
      ? good('clock', display, `its clock and ours agree within ${MOST_SKEW_MS / 1000} s`)
      : problem(
          'warn',
          display,
          `its clock is ${Math.abs(Math.round(skewMs / 1000))} s ${skewMs > 0 ? 'ahead of' : 'behind'} ours`,
          'Run NTP on both machines: windows of budgets end by the clock of Redis.',
        ),
  ];
}

function forgets(): Outcome {
  return problem(
    'info',
    'SIGNALBOX_REDIS_URL',
    'budgets are counted in memory and forgotten at the end',
    'Unset it to keep them in a file.',
  );
}

function problem(status: Exclude<Outcome['status'], 'good'>, where: string, message: string, hint: string): Outcome {
  return { check: 'store', status, where, message, hint };
}
