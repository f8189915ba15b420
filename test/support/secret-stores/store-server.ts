import type { PlanTarget } from '../../../src/decision/index.ts';
import type { SecretStore } from '../../../src/snapshot/index.ts';
import { type Script, type ScriptedUpstream, type SeenRequest, startScriptedUpstream } from '../scripted-upstream.ts';
import type { Cleanup } from '../temp-directory.ts';

/** A secret store of a test: a real HTTP server that speaks a store's public API, and looks at who asks. */
export interface StoreServer {
  readonly url: string;
  /** To see what was asked, and to play an outage by `enqueue`. */
  readonly http: ScriptedUpstream;
  /** Writes a new version. */
  readonly put: (name: string, content: string | object) => void;
  readonly remove: (name: string) => void;
  /** Whoever asks for it is told that they may not. */
  readonly deny: (name: string, isDenied?: boolean) => void;
  /** How a policy names it. */
  readonly spec: Readonly<Record<string, unknown>>;
  /** What its login needs. */
  readonly env: Readonly<Record<string, string>>;
}

/** A version of a secret. */
export interface Version {
  readonly content: string | object;
  readonly createdAtMs: number;
}

/** Secrets by name with all of their versions. */
export class Shelf {
  readonly versions = new Map<string, Version[]>();
  readonly removed = new Set<string>();
  readonly denied = new Set<string>();

  put(name: string, content: string | object): void {
    this.removed.delete(name);
    this.versions.set(name, [...(this.versions.get(name) ?? []), { content, createdAtMs: Date.UTC(2026, 0, 5) }]);
  }

  /** The version of that number, the newest for null; undefined where there is none. */
  find(name: string, version: number | null): { readonly number: number; readonly at: Version } | undefined {
    const all = this.removed.has(name) ? [] : (this.versions.get(name) ?? []);
    const number = version ?? all.length;
    const at = all[number - 1];
    return at === undefined ? undefined : { number, at };
  }
}

/** The server of a store: `answer` says what the store's API says. */
export async function startStore(
  t: Cleanup,
  shelf: Shelf,
  answer: (request: SeenRequest) => Script,
  describe: (url: string) => Pick<StoreServer, 'spec' | 'env'>,
): Promise<StoreServer> {
  const http = await startScriptedUpstream();
  t.after(() => http.close());
  http.otherwise(answer);
  return {
    ...{ url: http.url, http },
    put: (name, content) => shelf.put(name, content),
    remove: (name) => void shelf.removed.add(name),
    deny: (name, isDenied = true) => void (isDenied ? shelf.denied.add(name) : shelf.denied.delete(name)),
    ...describe(http.url),
  };
}

export type { PlanTarget, SecretStore };
