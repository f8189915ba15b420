import type { Project, ProjectSpec } from '#snapshot';
import { toBytes, toMs, toRatio } from './compile-quantities.ts';
import { compileSecret } from './compile-secret.ts';
import { compileSecretStore } from './compile-secret-store.ts';
import { compileTargetPolicy } from './compile-target-policy.ts';

/** The project's settings with defaults filled in; a tree without a Project has the defaults alone. Pure. */
export function compileProject(name: string, spec: ProjectSpec): Project {
  const { compatibility, recording, telemetry, onStale } = spec;
  return {
    name,
    timezone: spec.timezone ?? null,
    compatibility: {
      portkeyHeaders: compatibility?.portkeyHeaders ?? false,
      cloudflareHeaders: compatibility?.cloudflareHeaders ?? false,
      allowedHosts: (compatibility?.allowedHosts ?? []).map((host) => host.toLowerCase()),
    },
    anonymous: spec.anonymous ?? null,
    trustedProxies: spec.trustedProxies ?? [],
    privateHosts: (spec.privateHosts ?? []).map((host) => host.toLowerCase()),
    recording: {
      sample: toRatio(recording?.sample ?? '100%'),
      retainMs: toMs(recording?.retain ?? '30d'),
      maxFileBytes: toBytes(recording?.maxFileSize ?? '64MiB'),
      prefixChars: recording?.prefixChars ?? 0,
    },
    telemetry: {
      traceSample: toRatio(telemetry?.traceSample ?? '10%'),
      alwaysTrace: telemetry?.alwaysTrace ?? ['error', 'fallback', 'denied', 'slow'],
      slowAfterMs: toMs(telemetry?.slowAfter ?? '10s'),
      propagate: telemetry?.propagate ?? true,
      contentCapture: telemetry?.contentCapture ?? false,
    },
    defaults: compileTargetPolicy([spec.defaults]),
    // biome-ignore lint/suspicious/noThenProperty: the name is the policy language's, and nothing awaits it
    onStale: { afterMs: toMs(onStale?.after ?? '24h'), then: onStale?.then ?? 'warn' },
    gates: { ...spec.gates },
    mail: compileMail(spec.mail ?? {}),
    secretStores: new Map(
      Object.entries(spec.secretStores ?? {}).map(([name, store]) => [name, compileSecretStore(name, store)]),
    ),
    publicUrl: spec.publicUrl ?? null,
    maintenance: spec.maintenance ?? [],
  };
}

function compileMail({ from, server, ca, dkim }: NonNullable<ProjectSpec['mail']>): Project['mail'] {
  if (from === undefined || server === undefined) return null;
  return {
    from,
    server: compileSecret(server),
    ca: ca === undefined ? null : compileSecret(ca),
    dkim: dkim === undefined ? null : { ...dkim, key: compileSecret(dkim.key) },
  };
}
