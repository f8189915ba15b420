import { asObject, canonicalJson, compareText, type Place } from '#core';
import { type Compiled, type EffectiveDocument, fieldSchemas, SCHEMAS } from '#policy';
import type { Snapshot } from '#snapshot';
import { type Affected, affectedBy } from './affected.ts';
import { compareValues, type ValueChange, withDefaults } from './compare-values.ts';
import { compiledForm, compilesAlike } from './compiled-form.ts';
import { changeWords } from './words.ts';

/** A document that is not the same on both sides. */
export interface DocumentChange {
  /** `Kind/name`. */
  readonly document: string;
  /** `inherited`: written the same, but what it takes from other documents changed. */
  readonly change: 'added' | 'removed' | 'changed' | 'inherited';
  readonly base: Place | null;
  readonly head: Place | null;
  readonly fields: readonly FieldChange[];
  readonly affects: Affected;
}

/** One part of it. */
export interface FieldChange {
  readonly path: string;
  readonly from: unknown;
  readonly to: unknown;
  readonly base: Place | null;
  readonly head: Place | null;
  readonly words: string;
}

/** Two revisions of one environment. */
export interface Comparison {
  readonly changes: readonly DocumentChange[];
  /** Documents that are written differently and compile to the same. */
  readonly rewritten: readonly string[];
}

/** A side that compiled. */
export type CompiledSide = Compiled & { readonly snapshot: Snapshot };

/** Kinds that do nothing by themselves: an environment shows in what its operations change. */
const SILENT: ReadonlySet<string> = new Set(['Environment', 'Test']);

/** What one revision does otherwise than another, in order of documents, with defaults and environment operations applied. Pure. */
export function compareCompiled(base: CompiledSide, head: CompiledSide): Comparison {
  const before = documentsOf(base);
  const after = documentsOf(head);
  const changes: DocumentChange[] = [];
  const rewritten: string[] = [];
  for (const document of [...new Set([...before.keys(), ...after.keys()])].sort(compareText)) {
    const was = before.get(document);
    const is = after.get(document);
    const affects = affectedBy(is === undefined ? base.snapshot : head.snapshot, document);
    if (was === undefined || is === undefined) {
      const change = was === undefined ? 'added' : 'removed';
      changes.push({ document, change, base: placeOf(was), head: placeOf(is), fields: [], affects });
      continue;
    }
    const isAlike = compilesAlike(base.snapshot, head.snapshot, document);
    const fields = fieldsOf(was, is);
    if (fields.length > 0 && isAlike) rewritten.push(document);
    else if (fields.length > 0)
      changes.push({ document, change: 'changed', base: placeOf(was), head: placeOf(is), fields, affects });
    else if (!isAlike) {
      const inherited = inheritedFields(base.snapshot, head.snapshot, document);
      if (inherited.length === 0) continue;
      changes.push({
        document,
        change: 'inherited',
        base: placeOf(was),
        head: placeOf(is),
        fields: inherited,
        affects,
      });
    }
  }
  return { changes, rewritten };
}

/** Tells whether two changes are the same, whatever lines they stand on. Pure. */
export function isSameChange(a: DocumentChange, b: DocumentChange): boolean {
  return keyOfChange(a) === keyOfChange(b);
}

/** What a change does, without where it stands. Pure. */
export function keyOfChange({ document, change, fields }: DocumentChange): string {
  return canonicalJson([document, change, fields.map(({ path, from, to }) => [path, from ?? null, to ?? null])]);
}

function documentsOf({ documents }: Compiled): ReadonlyMap<string, EffectiveDocument> {
  const kept = documents.filter(({ kind }) => !SILENT.has(kind));
  return new Map(kept.map((document) => [`${document.kind}/${document.name}`, document]));
}

function placeOf(document: EffectiveDocument | undefined): Place | null {
  return document === undefined ? null : document.place;
}

function fieldsOf(was: EffectiveDocument, is: EffectiveDocument): readonly FieldChange[] {
  const before = specOf(was);
  const after = specOf(is);
  if (canonicalJson(before) === canonicalJson(after)) return [];
  const schema = fieldSchemas(SCHEMAS[is.kind]).spec;
  return compareValues(withDefaults(before, schema), withDefaults(after, schema)).map((change) => ({
    path: change.path,
    from: change.from,
    to: change.to,
    base: placeAt(was, change.fromPath),
    head: placeAt(is, change.toPath),
    words: changeWords(change),
  }));
}

/** Labels decide whom a consumer's budgets and routes are about; who owns a document decides nothing. */
function specOf({ value }: EffectiveDocument): object {
  const { labels } = asObject(value.metadata);
  return { ...asObject(value.spec), ...(labels !== undefined && { labels }) };
}

/** Null for what nobody wrote: it is absent, or a default. */
function placeAt(document: EffectiveDocument, path: ValueChange['fromPath']): Place | null {
  if (path === null) return null;
  const from = path[0] === 'labels' ? ['metadata', ...path] : ['spec', ...path];
  if (document.origin(from).by === 'default') return null;
  const { file, line } = document.keySpan(from);
  return { file, line };
}

function inheritedFields(base: Snapshot, head: Snapshot, document: string): readonly FieldChange[] {
  return compareValues(compiledForm(base, document), compiledForm(head, document)).map((change) => ({
    path: change.path,
    from: change.from,
    to: change.to,
    base: null,
    head: null,
    words: changeWords(change),
  }));
}
