import { omit } from '#core';
import type { CloudAuth, Provider, ProviderSpec, Quirks, QuirksSpec } from '#snapshot';
import { toMsOrNull } from './compile-quantities.ts';
import { compileSecret, compileTextOrSecret } from './compile-secret.ts';

const KNOWN_QUIRKS: ReadonlySet<string> = new Set([
  'renameParams',
  'dropParams',
  'maxStopSequences',
  'query',
  'path',
  'streamPath',
  'modelInPath',
  'fields',
  'efforts',
  'parts',
  'modelPrefix',
  'noStreamOptions',
  'systemRole',
]);

/** A provider whose `dialect` and `baseUrl` are given, by its document or the catalogue. Pure. */
export function compileProvider(
  name: string,
  spec: ProviderSpec & Required<Pick<ProviderSpec, 'dialect' | 'baseUrl'>>,
): Provider {
  const { auth, dataPolicy } = spec;
  const secrets = auth?.secrets ?? (auth?.secret ? [auth.secret] : []);
  return {
    name,
    dialect: spec.dialect,
    alsoSpeaks: spec.alsoSpeaks ?? [],
    baseUrl: spec.baseUrl.replace(/\/+$/, ''),
    auth: {
      kind: auth?.kind ?? 'none',
      header: auth?.name?.toLowerCase() ?? null,
      secrets: secrets.map((secret) =>
        auth?.kind === 'google' ? { ...compileSecret(secret), isText: true } : compileSecret(secret),
      ),
      ...(auth !== undefined && CLOUD_KINDS.has(auth.kind) ? { cloud: compileCloudAuth(auth) } : {}),
    },
    headers: Object.entries(spec.headers ?? {}).map(([header, value]) => ({
      name: header.toLowerCase(),
      value: compileTextOrSecret(value),
    })),
    region: spec.region ?? null,
    dataPolicy: { trainsOnData: dataPolicy?.trainsOnData ?? null, retentionMs: toMsOrNull(dataPolicy?.retention) },
    onDisconnect: spec.onDisconnect ?? 'abort',
    quirks: compileQuirks(spec.quirks ?? {}),
  };
}

const CLOUD_KINDS: ReadonlySet<string> = new Set(['aws', 'entra', 'google']);

function compileCloudAuth(auth: NonNullable<ProviderSpec['auth']>): CloudAuth {
  return {
    region: auth.region ?? null,
    accessKeyId: auth.accessKeyId === undefined ? null : compileSecret(auth.accessKeyId),
    sessionToken: auth.sessionToken === undefined ? null : compileSecret(auth.sessionToken),
    profile: auth.profile ?? null,
    role: auth.role ?? null,
    externalId: auth.externalId ?? null,
    scope: auth.scope ?? null,
    tenant: auth.tenant ?? null,
    clientId: auth.clientId ?? null,
    authority: auth.authority?.replace(/\/+$/, '') ?? null,
  };
}

function compileQuirks(quirks: QuirksSpec): Quirks {
  return {
    renameParams: quirks.renameParams ?? {},
    dropParams: quirks.dropParams ?? [],
    maxStopSequences: quirks.maxStopSequences ?? null,
    query: quirks.query ?? {},
    path: quirks.path ?? null,
    streamPath: quirks.streamPath ?? null,
    modelInPath: quirks.modelInPath ?? false,
    fields: quirks.fields ?? {},
    efforts: quirks.efforts ?? {},
    parts: quirks.parts ?? {},
    modelPrefix: quirks.modelPrefix ?? '',
    noStreamOptions: quirks.noStreamOptions ?? false,
    systemRole: quirks.systemRole ?? null,
    other: omit({ ...quirks }, KNOWN_QUIRKS),
  };
}
