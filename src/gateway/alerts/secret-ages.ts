import type { Snapshot } from '#snapshot';
import { referencesOf, type StoredState } from '#upstream';

/** Secrets of providers whose age is known: by the policy, else by the store that they come from. Pure. */
export function secretAges({ providers }: Snapshot, states: readonly StoredState[]) {
  const made = new Map(states.map(({ store, name, createdAtMs }) => [`${store}/${name}`, createdAtMs]));
  return [...providers.values()].flatMap((provider) =>
    referencesOf(provider).flatMap((ref) => {
      const createdAtMs = ref.createdAtMs ?? (ref.source === 'store' ? made.get(ref.name.replace(/#.*$/, '')) : null);
      return createdAtMs == null ? [] : [{ provider: provider.name, id: ref.id, createdAtMs }];
    }),
  );
}
