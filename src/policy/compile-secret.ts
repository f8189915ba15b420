import type { SecretRef, SecretRefSpec, TextOrSecretSpec } from '#snapshot';

/** The typed reference with its canonical id: `env:NAME`, `file:PATH` or `store:STORE/KEY`. Pure. */
export function compileSecret(reference: SecretRefSpec): SecretRef {
  const optional = reference.optional ?? false;
  if (reference.env !== undefined) return secret('env', reference.env, optional);
  if (reference.file !== undefined) return secret('file', reference.file, optional);
  return secret('store', `${reference.store ?? ''}/${reference.key ?? ''}`, optional);
}

/** A plain text as it is, a reference compiled. Pure. */
export function compileTextOrSecret(value: TextOrSecretSpec): string | SecretRef {
  return typeof value === 'string' ? value : compileSecret(value);
}

function secret(source: SecretRef['source'], name: string, optional: boolean): SecretRef {
  return { id: `${source}:${name}`, source, name, optional };
}
