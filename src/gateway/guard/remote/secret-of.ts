import { asObject, asString } from '#core';
import type { Secrets } from '#upstream';

/** The value of a secret as a policy writes it (`{env: …}`, `{file: …}`); null where it names none. Throws when it has no value. */
export function secretOf(secrets: Secrets, written: unknown): string | null {
  const { env, file, store, key, optional } = asObject(written);
  const [source, name] =
    asString(env) !== undefined
      ? (['env', String(env)] as const)
      : asString(file) !== undefined
        ? (['file', String(file)] as const)
        : (['store', `${asString(store) ?? ''}/${asString(key) ?? ''}`] as const);
  if (env === undefined && file === undefined && store === undefined) return null;
  const reference = { id: `${source}:${name}`, source, name, optional: optional === true };
  const value = secrets.resolve(reference);
  if (value === null && optional !== true)
    throw new Error(secrets.problem(reference) ?? `${reference.id} has no value`);
  return value;
}
