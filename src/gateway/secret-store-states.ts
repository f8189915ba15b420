import type { SecretStoreState } from '#telemetry';
import type { StoredState } from '#upstream';

/** How each secret store is, from how each of its secrets is. Pure. */
export function secretStoreStates(states: readonly StoredState[], nowMs: number): readonly SecretStoreState[] {
  return [...Map.groupBy(states, ({ store }) => store)].map(([store, secrets]) => {
    const confirmed = secrets.flatMap(({ checkedAtMs }) => checkedAtMs ?? []);
    return {
      store,
      problems: secrets.filter(({ problem }) => problem !== null).length,
      unconfirmedMs: confirmed.length === 0 ? null : Math.max(0, nowMs - Math.min(...confirmed)),
    };
  });
}
