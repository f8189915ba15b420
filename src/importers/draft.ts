import type { Catalog, ModelDocument, ProviderDocument } from '#catalog';
import { asObject, type JsonObject, maskSecrets } from '#core';
import { secretShape } from '#lint';
import type { Difference } from './difference.ts';
import { slug, uniqueName } from './names.ts';
import { pathText, type SourceNode } from './source-node.ts';

/** A document to be written. */
export interface DraftDocument {
  readonly kind: string;
  readonly name: string;
  readonly description: string;
  readonly spec: Record<string, unknown>;
  readonly labels?: Readonly<Record<string, string>>;
  /** Where it comes from, such as `config.yaml:12`; null for what the source does not say. */
  readonly from: string | null;
}

/** What an importer adds up. */
export interface Draft {
  readonly file: string;
  /** The day of the import, `YYYY-MM-DD`. */
  readonly today: string;
  readonly providers: ReadonlyMap<string, ProviderDocument>;
  readonly models: ReadonlyMap<string, ModelDocument>;
  readonly documents: DraftDocument[];
  readonly differences: Difference[];
  /** Names in use, by kind. */
  readonly names: Map<string, Set<string>>;
  /** Built-in providers used as they are or overridden once, by name: what they were used with. */
  readonly claims: Map<string, string>;
  /** Names given to ways of access, by the canonical text of each. */
  readonly accesses: Map<string, string>;
  /** Variables given to keys in plain text, with the digest of each. */
  readonly variables: Map<string, string>;
  /** How many targets a chain reaches, those of nested chains included. */
  readonly hops: Map<string, number>;
}

/** An empty draft. */
export function createDraft(file: string, nowMs: number, catalog: Catalog): Draft {
  return {
    file,
    today: new Date(nowMs).toISOString().slice(0, 10),
    providers: new Map(catalog.providers.map((each) => [each.metadata.name, each])),
    models: new Map(catalog.models.map((each) => [each.metadata.name, each])),
    documents: [],
    differences: [],
    names: new Map(),
    claims: new Map(),
    accesses: new Map(),
    variables: new Map(),
    hops: new Map(),
  };
}

/** Takes a name of a kind: the wanted one, made new by a number where it is taken. */
export function takeName(draft: Draft, kind: string, wanted: string): string {
  const taken = draft.names.get(kind) ?? new Set<string>();
  draft.names.set(kind, taken);
  return uniqueName(wanted, taken);
}

/** Adds a document under a name that `takeName` gave. Whatever looks like a key is replaced, and reported. */
export function addDocument(
  draft: Draft,
  kind: string,
  name: string,
  body: { readonly description: string; readonly spec: JsonObject; readonly labels?: Readonly<Record<string, string>> },
  from: SourceNode | null,
): string {
  const spec = withoutSecrets(body.spec, () => {
    const message = `a text in ${kind} ${name} looks like a key and was not copied`;
    note(
      draft,
      'needs-you',
      'secret',
      from,
      message,
      'Put the value into the environment, and write {env: NAME} where REMOVED stands.',
    );
  });
  draft.documents.push({
    kind,
    name,
    description: sentence(body.description),
    spec: asObject(spec) as Record<string, unknown>,
    ...(body.labels && { labels: body.labels }),
    from: from === null ? null : `${draft.file}:${from.line}`,
  });
  return name;
}

/** Adds a document under a name made of any text; returns the name. */
export function addNamed(
  draft: Draft,
  kind: string,
  wanted: string,
  body: { readonly description: string; readonly spec: JsonObject; readonly labels?: Readonly<Record<string, string>> },
  from: SourceNode | null,
): string {
  return addDocument(draft, kind, takeName(draft, kind, slug(safeWord(wanted), kind.toLowerCase())), body, from);
}

/** Reports a difference once per place and topic. */
export function note(
  draft: Draft,
  effect: Difference['effect'],
  topic: string,
  at: SourceNode | null,
  message: string,
  action: string,
): void {
  const place = { file: draft.file, line: at?.line ?? 1, path: at === null ? '' : placeText(at) };
  const isKnown = draft.differences.some(
    (each) => each.topic === topic && each.path === place.path && each.message === message,
  );
  if (!isKnown) draft.differences.push({ effect, topic, ...place, message: maskSecrets(message), action });
}

function placeText(node: SourceNode): string {
  const path = shown(pathText(node.path));
  return node.document === 0 ? path : `document ${node.document + 1}${path === '' ? '' : ` ${path}`}`;
}

/** Text of the source as a report may quote it: short, and no key. */
export function shown(text: string): string {
  const masked = maskSecrets(text);
  const plain = secretShape(masked) === null ? masked : '[looks like a key]';
  return plain.length > 120 ? `${plain.slice(0, 120)}…` : plain;
}

/** A text that may become a name: what looks like a key may not. */
export function safeWord(text: string): string {
  return isSecret(text) ? 'removed' : text;
}

/** Families of models whose names, such as `Llama-4-Scout-17B-16E-Instruct`, are as mixed as a key. */
const MODEL =
  /llama|gpt|claude|gemini|gemma|mi[sx]tral|qwen|deepseek|command|nova|phi|grok|glm|kimi|flux|whisper|embed/i;

function isSecret(text: string): boolean {
  const shape = secretShape(text);
  return shape !== null && !(shape === 'a random key' && text.length < 80 && MODEL.test(text));
}

function sentence(text: string): string {
  const plain = shown(text).replace(/\s+/g, ' ').trim();
  return /[.!?]$/.test(plain) ? plain : `${plain}.`;
}

function withoutSecrets(value: unknown, report: () => void): unknown {
  if (typeof value === 'string') {
    if (!isSecret(value)) return value;
    report();
    return 'REMOVED';
  }
  if (Array.isArray(value)) return value.map((each) => withoutSecrets(each, report));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .map(([key, inner]) => [isSecret(key) ? 'REMOVED' : key, withoutSecrets(inner, report)]),
  );
}
