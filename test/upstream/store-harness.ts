import { createReach } from '#network';
import type { SecretRef } from '../../src/snapshot/index.ts';
import {
  createCallStore,
  createSecrets,
  createStoredSecrets,
  type StoredEvent,
  TokenError,
} from '../../src/upstream/index.ts';
import { compileInlineSnapshot } from '../support/compile-inline.ts';
import type { StoreServer } from '../support/secret-stores/store-server.ts';

/** Secrets of one store, as a gateway would have them, with a clock that is moved by hand. */
export interface StoreAtWork {
  readonly value: (key: string) => string | null;
  readonly problem: (key: string) => string | null;
  readonly refused: (key: string) => void;
  readonly states: ReturnType<typeof createStoredSecrets>['states'];
  readonly events: readonly StoredEvent[];
  /** Moves the clock, and has what is due then asked for. */
  readonly pass: (ms: number) => Promise<void>;
}

export interface StoreAtWorkOptions {
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly patienceMs?: number;
}

/** Takes the keys of a store into service. */
export async function useStore(
  server: Pick<StoreServer, 'spec' | 'env'>,
  keys: readonly string[],
  { spec = {}, env = {}, patienceMs = 5000 }: StoreAtWorkOptions = {},
): Promise<StoreAtWork> {
  const store = { ...server.spec, ...spec };
  const headers = Object.fromEntries(keys.map((key, at) => [`x-${at}`, { store: 'box', key }]));
  const { project, storedSecrets } = compileInlineSnapshot(`
kind: Project
metadata: { name: p }
spec: { secretStores: { box: ${JSON.stringify(store)} } }
---
kind: Provider
metadata: { name: openai }
spec: { headers: ${JSON.stringify(headers)} }
`);
  const reach = createReach();
  const begun = Date.now();
  let passedMs = 0;
  const nowMs = () => begun + passedMs;
  const readFile = () => '';
  const local = createSecrets({ env: { ...server.env, ...env }, readFile, nowMs });
  const events: StoredEvent[] = [];
  const stored = createStoredSecrets({
    secretOf(ref) {
      if (ref === null) return null;
      const value = local.resolve(ref) ?? (ref.isText ? local.text(ref) : null);
      if (value === null && !ref.optional) throw new TokenError(local.problem(ref) ?? ref.id);
      return value;
    },
    ...{ env: {}, nowMs, draw: () => 1, reach, call: createCallStore(reach) },
    onEvent: (event) => events.push(event),
  });
  const secrets = createSecrets({ env: {}, readFile, nowMs, stored });
  await stored.use(project.secretStores, storedSecrets, patienceMs);
  const ref = (key: string): SecretRef => ({
    ...{ id: `store:box/${key}`, source: 'store', name: `box/${key}`, optional: false },
  });
  return {
    value: (key) => secrets.resolve(ref(key)),
    problem: (key) => secrets.problem(ref(key)),
    refused: (key) => secrets.refused(ref(key)),
    ...{ states: stored.states, events },
    async pass(ms) {
      passedMs += ms;
      await stored.tick();
    },
  };
}
