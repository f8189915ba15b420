/** Gemini's word for each neutral tier; `auto` is to say nothing. */
const TIERS: Readonly<Record<string, string>> = { default: 'standard', flex: 'flex', priority: 'priority' };

/** The neutral tier of a `serviceTier`. Pure. */
export function readServiceTier(value: string | undefined): string | undefined {
  const tier = value?.toLowerCase();
  return tier === 'standard' ? 'default' : tier === 'unspecified' ? undefined : tier;
}

/** The `serviceTier` of a neutral tier; undefined where Gemini has none like it. Pure. */
export function writeServiceTier(tier: string): string | undefined {
  return Object.hasOwn(TIERS, tier) ? TIERS[tier] : undefined;
}
