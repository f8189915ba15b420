import { asObject, GatewayError } from '#core';
import { forecast, localDate, startOfDate } from '#decision';
import { summarizeUsage, USAGE_GROUPS, type UsageGroup, UsageQueryError, type UsageSummary } from '#state';
import type { GatewayParts } from '../gateway-parts.ts';

const MAX_TOP = 1000;

/** What `/admin/usage` says: the ledger of this machine's data folder, all its processes included. Rejects with 400 `invalid_request`. */
export async function usageReport(parts: GatewayParts, query: unknown): Promise<UsageSummary & { dropped: number }> {
  const { from, to, by, top } = asObject(query);
  const { usage } = parts;
  await usage.flush();
  try {
    const asked = {
      from: textOf('from', from),
      to: textOf('to', to),
      by: groupOf(by),
      top: countOf(top),
      nowMs: parts.nowMs(),
    };
    const summary = await summarizeUsage(usage.reader, asked, { localDate, startOfDate, forecast });
    return { ...summary, dropped: usage.dropped() };
  } catch (error) {
    if (error instanceof UsageQueryError)
      throw new GatewayError('invalid_request', error.message, { field: error.field });
    throw error;
  }
}

function textOf(field: string, value: unknown): string | null {
  if (value === undefined || value === '') return null;
  if (typeof value === 'string') return value;
  throw new GatewayError('invalid_request', `${field} is given more than once`, { field });
}

function groupOf(value: unknown): UsageGroup {
  const found = value === undefined ? 'consumer' : USAGE_GROUPS.find((name) => name === value);
  if (found !== undefined) return found;
  throw new GatewayError('invalid_request', `by is one of ${USAGE_GROUPS.join(', ')}`, { field: 'by' });
}

function countOf(value: unknown): number {
  const count = Number(value ?? 10);
  if (Number.isInteger(count) && count >= 0 && count <= MAX_TOP && value !== '') return count;
  throw new GatewayError('invalid_request', `top is a whole number from 0 to ${MAX_TOP}`, { field: 'top' });
}
