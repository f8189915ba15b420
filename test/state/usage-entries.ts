import { NO_USAGE } from '../../src/core/index.ts';
import type { UsageCharge, UsageEntry } from '../../src/state/index.ts';

/** A call that used so many tokens and cost as many micro-dollars. */
export function chargeOf(tokens: number, more: Partial<UsageCharge> = {}): UsageCharge {
  return {
    target: 'premium/gpt',
    provider: 'openai',
    model: 'openai/gpt-4o',
    usage: { ...NO_USAGE, input: tokens },
    images: 0,
    searchUnits: 0,
    costMicroUsd: tokens,
    priceSource: 'https://example.com/prices',
    priceFromMs: 0,
    estimated: false,
    ...more,
  };
}

/** A request with one such call. */
export function entryOf(id: string, more: Partial<UsageEntry> = {}): UsageEntry {
  return {
    id,
    atMs: Date.UTC(2026, 10, 18, 12),
    environment: 'production',
    revision: '0123456789ab',
    consumer: 'product-team',
    team: 'product',
    route: 'default',
    chain: 'premium',
    endpoint: 'chat',
    status: 200,
    code: null,
    fallback: null,
    attempts: 1,
    savedMicroUsd: 0,
    charges: [chargeOf(100)],
    budgets: [],
    ...more,
  };
}
