import { asArray, asObject, asString, type JsonObject } from '#core';
import { specOf } from './effective.ts';
import type { EffectiveDocument, Path } from './types.ts';

/** A place where a document names another one. */
export interface Reference {
  readonly path: Path;
  readonly kind: string;
  readonly name: string;
}

/** A field whose texts name documents of a kind; the path is from `spec`, `*` stands for every item of a list. */
interface Field {
  readonly path: readonly string[];
  readonly kind: string;
}

const FIELDS: Readonly<Record<string, readonly Field[]>> = {
  Project: [field('anonymous', 'Consumer')],
  Model: [field('provider', 'Provider')],
  Route: [
    field('match.consumers.*', 'Consumer'),
    field('chain', 'Chain'),
    field('cache', 'Cache'),
    field('guardrails.*', 'Guardrail'),
  ],
  Chain: [
    field('targets.*.model', 'Model'),
    field('targets.*.provider', 'Provider'),
    field('targets.*.chain', 'Chain'),
  ],
  Consumer: [
    field('keys.*.environments.*', 'Environment'),
    field('parent', 'Consumer'),
    field('allow.routes.*', 'Route'),
    field('deny.routes.*', 'Route'),
  ],
  Budget: [
    field('scope.consumers.*', 'Consumer'),
    field('scope.routes.*', 'Route'),
    field('scope.models.*', 'Model'),
    field('scope.providers.*', 'Provider'),
    field('onExhausted.chain', 'Chain'),
  ],
  Cache: [field('semantic.embedder', 'Model'), field('semantic.chain', 'Chain')],
  Guardrail: [field('checks.*.model', 'Model'), field('checks.*.provider', 'Provider')],
  Alert: [
    field('when.budget', 'Budget'),
    field('scope.environments.*', 'Environment'),
    field('scope.routes.*', 'Route'),
    field('scope.providers.*', 'Provider'),
    field('scope.consumers.*', 'Consumer'),
    field('to.*', 'Receiver'),
  ],
  Report: [field('to.*', 'Receiver')],
  McpServer: [field('access.consumers.*', 'Consumer'), field('guardrails.*', 'Guardrail')],
  Invariant: [
    field('forAll.consumers.*', 'Consumer'),
    field('forAll.routes.*', 'Route'),
    ...['never', 'always'].flatMap((side) =>
      [
        ['provider', 'Provider'],
        ['model', 'Model'],
        ['chain', 'Chain'],
      ].flatMap(([name, kind]) => [
        field(`${side}.target.${name}.*`, kind ?? ''),
        field(`${side}.target.${name}.not.*`, kind ?? ''),
      ]),
    ),
  ],
  Drill: [field('incident.*.provider', 'Provider'), field('incident.*.model', 'Model')],
};

/** Names that mean something without a document: the embedder of the gateway itself. */
const BUILT_IN: ReadonlySet<string> = new Set(['local/en']);

/**
 * Every reference of a document to one other document by its exact name, in the order of the table above; globs refer to no one document and are left
 * out, as are the environments a document is limited to and what a waiver is about. Pure.
 */
export function referencesOf(document: Pick<EffectiveDocument, 'kind' | 'value'>): readonly Reference[] {
  const fields = FIELDS[document.kind] ?? [];
  return fields.flatMap(({ path, kind }) =>
    textsAt(specOf(document), path, ['spec'])
      .filter(({ text }) => !text.includes('*') && !BUILT_IN.has(text))
      .map((found) => ({ path: found.path, kind, name: found.text })),
  );
}

/** The environments a document says it exists in. Pure. */
export function environmentsOf(document: { readonly value: JsonObject }): readonly string[] | null {
  const { environments } = asObject(document.value.metadata);
  return Array.isArray(environments) ? environments.map(String) : null;
}

function textsAt(
  value: unknown,
  steps: readonly string[],
  path: Path,
): readonly { readonly text: string; readonly path: Path }[] {
  const [step, ...rest] = steps;
  if (step === undefined) {
    const text = asString(value);
    return text === undefined ? [] : [{ text, path }];
  }
  if (step === '*') return asArray(value).flatMap((item, at) => textsAt(item, rest, [...path, at]));
  return textsAt(asObject(value)[step], rest, [...path, step]);
}

function field(path: string, kind: string): Field {
  return { path: path.split('.'), kind };
}
