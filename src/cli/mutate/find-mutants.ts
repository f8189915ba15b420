import { asObject, compareText, isObject, type JsonObject, type Place } from '#core';
import type { ParsedDocument, ParsedPolicies, Path } from '#policy';
import { canBeReached } from '../test/coverage.ts';
import { changeValue } from './change-value.ts';
import { MUTATION_RULES, type MutationAction } from './mutation-rules.ts';

/** One broken variant of the policies: a single document is another one, or gone. */
export interface Mutant {
  readonly at: Place;
  /** `Kind/name`. */
  readonly subject: string;
  /** What was changed, such as `targets[gpt]`; empty for the whole document. */
  readonly path: string;
  /** What was done, in words: `Chain/premium: targets[gpt] removed`. */
  readonly change: string;
  readonly document: ParsedDocument;
  /** Null where the document is deleted. */
  readonly value: JsonObject | null;
  /** The one environment it can show in; null for all that have the document. */
  readonly environment: string | null;
}

/** Every mutant of the documents that cases can speak about, by file and line. The same list in every thread. Pure. */
export function findMutants({ documents }: Pick<ParsedPolicies, 'documents'>): readonly Mutant[] {
  return documents
    .flatMap((document) =>
      (MUTATION_RULES[document.kind] ?? []).flatMap(({ path, action }) =>
        placesOf(document.value, path).flatMap((place) => mutate(document, place, action)),
      ),
    )
    .sort((a, b) => compareText(a.at.file, b.at.file) || a.at.line - b.at.line || compareText(a.change, b.change));
}

function mutate(document: ParsedDocument, path: Path, action: MutationAction): readonly Mutant[] {
  const change = changeValue(document.value, path, action);
  if (change === null) return [];
  const isItem = typeof path.at(-1) === 'number';
  const span =
    path.length === 0
      ? document.valueSpan(['metadata', 'name'])
      : isItem
        ? document.valueSpan(path)
        : document.keySpan(path);
  const isOperation = document.kind === 'Environment';
  if (isOperation && !isVisible(asObject(change.before))) return [];
  const subject = `${document.kind}/${document.name}`;
  return [
    {
      at: { file: span.file, line: span.line },
      subject,
      path: change.path,
      change: `${subject}${change.path === '' ? '' : `: ${change.path}`} ${change.verb}`,
      document,
      value: change.value,
      environment: isOperation ? document.name : null,
    },
  ];
}

/** Fields of documents of which cases see only a part; all of the other kinds that cases come by. */
const VISIBLE: Readonly<Record<string, RegExp>> = {
  Project: /^(anonymous|timezone|defaults)/,
  Provider: /^(auth|region|dataPolicy)/,
  Guardrail: /^$/,
};

function isVisible({ target, path }: JsonObject): boolean {
  const kind = String(target).split('/')[0] ?? '';
  return canBeReached(String(target)) && (VISIBLE[kind]?.test(String(path)) ?? true);
}

/** The places in a document's `spec` that a path with `*` means. */
function placesOf(value: JsonObject, path: string): readonly Path[] {
  if (path === '') return [[]];
  let found: readonly { readonly path: Path; readonly value: unknown }[] = [{ path: ['spec'], value: value.spec }];
  for (const step of path.split('.')) found = found.flatMap((each) => stepInto(each, step));
  return found.map((each) => each.path);
}

function stepInto(
  { path, value }: { readonly path: Path; readonly value: unknown },
  step: string,
): readonly { readonly path: Path; readonly value: unknown }[] {
  if (Array.isArray(value)) {
    return step === '*' ? value.map((item: unknown, index) => ({ path: [...path, index], value: item })) : [];
  }
  if (!isObject(value)) return [];
  const keys = step === '*' ? Object.keys(value) : Object.hasOwn(value, step) ? [step] : [];
  return keys.filter((key) => value[key] !== null).map((key) => ({ path: [...path, key], value: value[key] }));
}
