import { sha256 } from '#core';
import type { PlanTarget } from '#decision';
import type { StoredSecrets } from './stores/stored-secrets.ts';

type Provider = PlanTarget['provider'];
/** A typed reference to a secret; never its value. */
export type SecretRef = Provider['auth']['secrets'][number];

/** Values of secret references. They stay here: nothing in the snapshot, the records or the logs holds one. */
export interface Secrets {
  /** The value now; null when there is none. */
  readonly resolve: (ref: SecretRef) => string | null;
  /** The value as it is, lines and all, for keys and certificates in PEM; null when there is none. */
  readonly text: (ref: SecretRef) => string | null;
  /** Why a reference has no value, for people, such as `the environment variable OPENAI_API_KEY is not set`; null when it has one. */
  readonly problem: (ref: SecretRef) => string | null;
  /** Ids (`env:OPENAI_API_KEY`) of all references that providers need and that have no value now: `Facts.secretsMissing`. Kept for a second per list. */
  readonly missing: (providers: readonly Provider[]) => ReadonlySet<string>;
  /** The first eight hex digits of the value's SHA-256, to compare keys without showing them; null without a value. */
  readonly fingerprint: (ref: SecretRef) => string | null;
  /** A provider would not have the value: where it came from a store, that is asked whether there is a newer one. */
  readonly refused: (ref: SecretRef) => void;
}

/** Where secrets come from; `env` best a copy of the environment, which is slow to read. */
export interface SecretSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Reads a whole file; throws when it cannot. */
  readonly readFile: (path: string) => string;
  readonly nowMs: () => number;
  /** Null or absent where no store can be read, as in the tools that work without a network. */
  readonly stored?: Pick<StoredSecrets, 'valueOf' | 'refused'> | null;
}

// Mounted secrets are rotated by replacing the file; a read a second follows that without a read per request.
const FILE_FRESH_MS = 1000;

interface KnownFile {
  readonly atMs: number;
  /** Null where no header could carry it. */
  readonly value: string | null;
  readonly text: string | null;
  readonly problem: string;
}

/** Creates the resolver. Effects: reads files, each at most once a second, and has stores asked. */
export function createSecrets(sources: SecretSources): Secrets {
  const { stored = null } = sources;
  const files = new Map<string, KnownFile>();

  function read(ref: SecretRef): { readonly value: string | null; readonly problem: string } {
    if (ref.source === 'env') {
      const value = sources.env[ref.name]?.trim() || null;
      return {
        value: ref.isText === true || isSendable(value) ? value : null,
        problem: problemOf(value, `the environment variable ${ref.name}`),
      };
    }
    if (ref.source === 'file') {
      const entry = readFile(ref.name);
      return ref.isText === true ? { ...entry, value: entry.text } : entry;
    }
    if (stored === null) return { value: null, problem: `${ref.id}: no secret store is asked here` };
    const { value, problem } = stored.valueOf(ref.name);
    if (value === null) return { value, problem: `${ref.id}: ${problem}` };
    if (ref.isText === true) return { value, problem: '' };
    const trimmed = value.trim();
    return { value: isSendable(trimmed) ? trimmed : null, problem: problemOf(trimmed || null, ref.id) };
  }

  function readFile(path: string): KnownFile {
    const nowMs = sources.nowMs();
    const known = files.get(path);
    if (known !== undefined && nowMs - known.atMs < FILE_FRESH_MS) return known;
    let value: string | null = null;
    let text: string | null = null;
    let problem = '';
    try {
      text = sources.readFile(path).trim() || null;
      value = text;
      problem = problemOf(value, `the file ${path}`);
      if (!isSendable(value)) value = null;
    } catch (error) {
      problem = `the file ${path} cannot be read (${(error as { readonly code?: string }).code ?? 'error'})`;
    }
    const entry = { atMs: nowMs, value, text, problem };
    files.set(path, entry);
    return entry;
  }

  // Asked with every request; the list of providers is the snapshot's own, so it serves as the key.
  let lately: { readonly of: readonly Provider[]; readonly atMs: number; readonly ids: ReadonlySet<string> } | null =
    null;

  function missing(providers: readonly Provider[]): ReadonlySet<string> {
    const nowMs = sources.nowMs();
    if (lately === null || lately.of !== providers || nowMs - lately.atMs >= FILE_FRESH_MS) {
      lately = { of: providers, atMs: nowMs, ids: findMissing(providers) };
    }
    return lately.ids;
  }

  function findMissing(providers: readonly Provider[]): ReadonlySet<string> {
    const ids = new Set<string>();
    for (const provider of providers) {
      for (const ref of referencesOf(provider)) {
        if (!ref.optional && read(ref).value === null) ids.add(ref.id);
      }
    }
    return ids;
  }

  return {
    resolve: (ref) => read(ref).value,
    text(ref) {
      if (ref.source === 'env') return sources.env[ref.name]?.trim() || null;
      if (ref.source === 'store') return stored?.valueOf(ref.name).value?.trim() || null;
      try {
        return sources.readFile(ref.name).trim() || null;
      } catch {
        return null;
      }
    },
    problem: (ref) => {
      const { value, problem } = read(ref);
      return value === null ? problem : null;
    },
    missing,
    fingerprint: (ref) => {
      const { value } = read(ref);
      return value === null ? null : sha256(value).slice(0, 8);
    },
    refused: (ref) => {
      if (ref.source === 'store') stored?.refused(ref.name);
    },
  };
}

/** Every secret reference of a provider: its keys, then its headers. Pure. */
export function referencesOf(provider: Provider): readonly SecretRef[] {
  const inHeaders = provider.headers.flatMap(({ value }) => (typeof value === 'string' ? [] : [value]));
  const { accessKeyId = null, sessionToken = null } = provider.auth.cloud ?? {};
  const ofCloud = [accessKeyId, sessionToken].filter((ref) => ref !== null);
  return [...provider.auth.secrets, ...ofCloud, ...inHeaders];
}

/** A key with a line break or a letter no header can carry would fail every call with a riddle. */
function isSendable(value: string | null): boolean {
  return value !== null && /^[\x21-\x7e]+$/.test(value);
}

function problemOf(value: string | null, where: string): string {
  if (value === null) return `${where} is not set`;
  return isSendable(value) ? '' : `${where} holds white space or characters that no header can carry`;
}
