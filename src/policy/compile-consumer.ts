import { compileGlob } from '#core';
import type { Consumer, ConsumerKey, ConsumerSpec } from '#snapshot';
import { toInstant, toMs } from './compile-quantities.ts';
import { compileSecret } from './compile-secret.ts';

/** A consumer; an absent `allow` list is null and allows everything, an empty one allows nothing. Pure. */
export function compileConsumer(
  name: string,
  labels: Readonly<Record<string, string>>,
  spec: ConsumerSpec,
  aliases: ReadonlyMap<string, string>,
): Consumer {
  const { allow, deny, signing } = spec;
  return {
    name,
    labels,
    allow: {
      models: allow?.models?.map(compileGlob) ?? null,
      endpoints: allow?.endpoints ?? null,
      routes: allow?.routes?.map(compileGlob) ?? null,
    },
    deny: {
      models: (deny?.models ?? []).map(compileGlob),
      endpoints: deny?.endpoints ?? [],
      routes: (deny?.routes ?? []).map(compileGlob),
    },
    aliases,
    ipAllow: spec.ipAllow ?? null,
    signing: signing ? { secret: compileSecret(signing.secret), windowMs: toMs(signing.window ?? '5m') } : null,
    parent: spec.parent ?? null,
  };
}

/** The keys that a consumer has in an environment, by their hash; a bare expiry date ends at 00:00 UTC of that day. Pure. */
export function compileKeys(
  consumer: string,
  spec: ConsumerSpec,
  environment: string,
): readonly (readonly [string, ConsumerKey])[] {
  const here = (spec.keys ?? []).filter(({ environments }) => environments?.includes(environment) ?? true);
  return here.map((key) => [
    key.sha256.toLowerCase(),
    {
      consumer,
      id: key.id,
      createdAtMs: key.createdAt === undefined ? null : toInstant(key.createdAt),
      expiresAtMs: key.expiresAt === undefined ? null : toInstant(key.expiresAt),
    },
  ]);
}
