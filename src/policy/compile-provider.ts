import { omit } from '#core';
import type { Provider, ProviderSpec, Quirks, QuirksSpec } from '#snapshot';
import { toMsOrNull } from './compile-quantities.ts';
import { compileSecret, compileTextOrSecret } from './compile-secret.ts';

const KNOWN_QUIRKS: ReadonlySet<string> = new Set([
  'renameParams',
  'dropParams',
  'maxStopSequences',
  'query',
  'path',
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
      secrets: secrets.map(compileSecret),
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

function compileQuirks(quirks: QuirksSpec): Quirks {
  return {
    renameParams: quirks.renameParams ?? {},
    dropParams: quirks.dropParams ?? [],
    maxStopSequences: quirks.maxStopSequences ?? null,
    query: quirks.query ?? {},
    path: quirks.path ?? null,
    modelPrefix: quirks.modelPrefix ?? '',
    noStreamOptions: quirks.noStreamOptions ?? false,
    systemRole: quirks.systemRole ?? null,
    other: omit({ ...quirks }, KNOWN_QUIRKS),
  };
}
