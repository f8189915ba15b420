import type { SecretRef, SecretRefSpec, TextOrSecretSpec } from '#snapshot';
import { toInstant } from './compile-quantities.ts';

/** The typed reference with its canonical id: `env:NAME`, `file:PATH` or `store:STORE/KEY`. Pure. */
export function compileSecret(reference: SecretRefSpec): SecretRef {
  if (reference.env !== undefined) return secret('env', reference.env, reference);
  if (reference.file !== undefined) return secret('file', reference.file, reference);
  return secret('store', `${reference.store ?? ''}/${reference.key ?? ''}`, reference);
}

/** A plain text as it is, a reference compiled. Pure. */
export function compileTextOrSecret(value: TextOrSecretSpec): string | SecretRef {
  return typeof value === 'string' ? value : compileSecret(value);
}

function secret(source: SecretRef['source'], name: string, { optional, createdAt }: SecretRefSpec): SecretRef {
  const createdAtMs = createdAt === undefined ? {} : { createdAtMs: toInstant(createdAt) };
  return { id: `${source}:${name}`, source, name, optional: optional ?? false, ...createdAtMs };
}
