import { sha256 } from '#core';
import type { SecretRef, SecretStore } from '#snapshot';
import { createKeptSecret, type KeptEvent, type KeptSecret, type KeptState } from './kept-secret.ts';
import { openStore } from './open-store.ts';
import { parseSecretName } from './secret-name.ts';
import type { ReadStore, StoreSources } from './store-reader.ts';

/** The secrets of all stores that the policies in service name. */
export interface StoredSecrets {
  /** The value of `STORE/KEY` now; one that nobody has named is asked for from then on. */
  readonly valueOf: (name: string) => { readonly value: string | null; readonly problem: string };
  /**
   * Takes these stores and references into service. Resolves when each was asked for, had or not, after `patienceMs` at the latest; what is in service already
   * is kept, what is no longer named is forgotten.
   */
  readonly use: (
    stores: ReadonlyMap<string, SecretStore>,
    references: Iterable<SecretRef>,
    patienceMs: number,
  ) => Promise<void>;
  /** A provider would not have the value of `STORE/KEY`: perhaps there is a newer one. */
  readonly refused: (name: string) => void;
  /** Asks for what is due; called every second or so. Resolves when it was asked for. Never rejects. */
  readonly tick: () => Promise<void>;
  readonly states: () => readonly StoredState[];
}

/** How a secret of a store is; its value is in nothing here. */
export interface StoredState extends KeptState {
  readonly store: string;
  /** With its version where one is named. */
  readonly name: string;
}

/** Something happened to a secret of a store. Fingerprints are the first eight hex digits of a SHA-256. */
export type StoredEvent =
  | {
      readonly kind: 'changed';
      readonly store: string;
      readonly name: string;
      readonly version: string | null;
      readonly before: string;
      readonly now: string;
    }
  | ({ readonly store: string; readonly name: string } & Exclude<KeptEvent, { kind: 'changed' }>);

export interface StoredSecretsOptions extends StoreSources {
  /** In [0, 1). */
  readonly draw: () => number;
  readonly onEvent: (event: StoredEvent) => void;
}

/** A store in service. Its definition is its identity: another address or another login is another store. */
interface OpenStore {
  readonly definition: string;
  readonly store: SecretStore;
  readonly read: ReadStore;
  readonly secrets: Map<string, KeptSecret>;
}

/** Creates them. Effects: connections to stores, none before the first store is named. */
export function createStoredSecrets(options: StoredSecretsOptions): StoredSecrets {
  const { nowMs, draw, onEvent } = options;
  let open: ReadonlyMap<string, OpenStore> = new Map();

  function opened(store: SecretStore): OpenStore {
    const definition = JSON.stringify(store);
    const before = open.get(store.name);
    const isSame = before?.definition === definition;
    return {
      ...{ definition, store },
      read: isSame ? before.read : openStore(store, options),
      secrets: new Map(),
    };
  }

  function keep({ store, read, secrets }: OpenStore, key: string): KeptSecret {
    const { name, version } = parseSecretName(key);
    const id = version === null ? name : `${name}?version=${version}`;
    const before = open.get(store.name);
    const known = secrets.get(id) ?? (before?.read === read ? before.secrets.get(id) : undefined);
    const kept =
      known ??
      createKeptSecret({
        ...{ name: { name, version }, read, refreshMs: store.refreshMs, nowMs, draw },
        onEvent: (event) => onEvent(storedEvent(store.name, id, event)),
      });
    secrets.set(id, kept);
    return kept;
  }

  // Names are read with every request, and taken apart once.
  const found = new Map<string, Found>();

  function find(name: string): Found | null {
    const known = found.get(name);
    if (known !== undefined) return known;
    const named = storeOf(open, name);
    if (named === null) return null;
    const made = { kept: keep(named.store, named.key), field: parseSecretName(named.key).field };
    found.set(name, made);
    void made.kept.refreshIfDue();
    return made;
  }

  return {
    valueOf(name) {
      const one = find(name);
      return one === null ? { value: null, problem: 'there is no such store' } : one.kept.valueOf(one.field);
    },
    async use(stores, references, patienceMs) {
      const next = new Map([...stores.values()].map((store) => [store.name, opened(store)]));
      const named: Found[] = [];
      for (const { name } of references) {
        const place = storeOf(next, name);
        if (place !== null) named.push({ kept: keep(place.store, place.key), field: parseSecretName(place.key).field });
      }
      const asked = named
        .filter(({ kept }) => kept.state().checkedAtMs === null)
        .map(({ kept }) => kept.refreshIfDue());
      if (asked.length > 0) await within(patienceMs, Promise.all(asked));
      // Looked for once, so that a new version which lacks the field is noticed.
      for (const { kept, field } of named) kept.valueOf(field);
      open = next;
      found.clear();
    },
    refused: (name) => find(name)?.kept.refused(),
    async tick() {
      await Promise.all(
        [...open.values()].flatMap(({ secrets }) => [...secrets.values()].map((kept) => kept.refreshIfDue())),
      );
    },
    states: () =>
      [...open.values()].flatMap(({ store, secrets }) =>
        [...secrets].map(([name, kept]) => ({ store: store.name, name, ...kept.state() })),
      ),
  };
}

interface Found {
  readonly kept: KeptSecret;
  readonly field: string | null;
}

function storeOf(stores: ReadonlyMap<string, OpenStore>, name: string) {
  const slash = name.indexOf('/');
  const store = stores.get(name.slice(0, slash));
  return store === undefined ? null : { store, key: name.slice(slash + 1) };
}

function storedEvent(store: string, name: string, event: KeptEvent): StoredEvent {
  if (event.kind !== 'changed') return { store, name, ...event };
  const { before, now } = event;
  const print = (content: unknown) =>
    sha256(typeof content === 'string' ? content : JSON.stringify(content)).slice(0, 8);
  return { kind: 'changed', store, name, version: now.version, before: print(before.content), now: print(now.content) };
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, patience]);
  clearTimeout(timer);
}
