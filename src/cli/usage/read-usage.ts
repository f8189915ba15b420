import { asObject, asString } from '#core';
import { forecast, localDate, startOfDate } from '#decision';
import {
  openUsageReader,
  StoreOpenError,
  summarizeUsage,
  UsageQueryError,
  type UsageSummary,
  type UsageSummaryQuery,
  usageFile,
} from '#state';
import { callAdmin } from '../call-admin.ts';
import { textOption } from '../options.ts';
import { UsageError } from '../usage-error.ts';
import type { VerbCall } from '../verb.ts';

/** Asks the gateway that `--url` names, else reads the ledger of the data folder. Throws `UsageError` when there is none or it cannot be asked so. */
export async function readUsage(call: VerbCall, query: UsageSummaryQuery): Promise<UsageSummary> {
  return textOption(call.options.url) === undefined ? readFile(call, query) : askGateway(call, query);
}

async function askGateway(call: VerbCall, { from, to, by, top }: UsageSummaryQuery): Promise<UsageSummary> {
  const asked = new URLSearchParams({ by, top: String(top), ...(from && { from }), ...(to && { to }) });
  const { status, body } = await callAdmin(call, 'GET', `/admin/usage?${asked}`);
  if (status === 200) return body as UsageSummary;
  const message = asString(asObject(asObject(body).error).message);
  throw new UsageError(message ?? `the gateway answered ${status}`, status === 404 ? 'Is it of this version?' : null);
}

async function readFile({ options, terminal }: VerbCall, query: UsageSummaryQuery): Promise<UsageSummary> {
  const dataDir = textOption(options.dataDir) ?? (terminal.env.SIGNALBOX_DATA_DIR || '.signalbox');
  try {
    const reader = openUsageReader(dataDir);
    if (reader === null) {
      throw new UsageError(
        `there is no usage ledger: ${usageFile(dataDir)} does not exist`,
        'A gateway writes one when it serves. Name its folder by --data-dir, or a running gateway by --url.',
      );
    }
    try {
      return await summarizeUsage(reader, query, { localDate, startOfDate, forecast });
    } finally {
      reader.close();
    }
  } catch (error) {
    if (error instanceof StoreOpenError) throw new UsageError(error.message, error.hint, { cause: error });
    if (error instanceof UsageQueryError) throw new UsageError(`--${error.message}`, null, { cause: error });
    throw error;
  }
}
