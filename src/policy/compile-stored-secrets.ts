import type { SecretRef, SecretRefSpec } from '#snapshot';
import { compileSecret } from './compile-secret.ts';
import { type Effective, specOf } from './effective.ts';
import { findSecretReferences } from './secret-references.ts';

/** Every secret of a store that the documents refer to, in their order, each once; optional where all of its references are. Pure. */
export function compileStoredSecrets(documents: readonly Effective[]): readonly SecretRef[] {
  const found = new Map<string, SecretRef>();
  for (const document of documents) {
    // The catalogue refers to no store.
    if (document.from === 'catalogue' && document.overlays.length === 0) continue;
    for (const { value, store } of findSecretReferences(specOf(document))) {
      if (store === null) continue;
      const secret = compileSecret(value as SecretRefSpec);
      const before = found.get(secret.id);
      found.set(secret.id, { ...secret, optional: secret.optional && before?.optional !== false });
    }
  }
  return [...found.values()];
}
