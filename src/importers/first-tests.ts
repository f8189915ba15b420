import { asObject, isObject } from '#core';
import { addNamed, type Draft, type DraftDocument } from './draft.ts';

/** As many routes get a case; more would say nothing new. */
const MAX_CASES = 20;

/** Adds a test file that pins which route the imported names reach, so that the first change by hand is a tested one. */
export function addTests(draft: Draft, consumer: string): void {
  const routes = draft.documents.filter(({ kind }) => kind === 'Route');
  const cases = routes.flatMap((route) => caseOf(route, consumer) ?? []).slice(0, MAX_CASES);
  if (cases.length === 0) return;
  const description = 'Which route the imported names reach';
  addNamed(draft, 'Test', 'imported-routes', { description, spec: { environment: 'development', cases } }, null);
}

function caseOf({ name, spec }: DraftDocument, consumer: string): Readonly<Record<string, unknown>> | null {
  const match = asObject(spec.match);
  const keys = Object.keys(match);
  if (keys.includes('when') || keys.includes('headers')) return null;
  const [model = keys.length === 0 ? 'no-model-of-this-name' : 'any-model'] = listOf(match.models);
  const [path] = listOf(match.paths);
  const [metadata] = isObject(match.metadata) ? Object.entries(match.metadata) : [];
  const value = metadata === undefined ? undefined : listOf(metadata[1])[0];
  if ([model, path, value].some((each) => each?.includes('*'))) return null;
  const request = {
    consumer,
    ...(path !== undefined && { path }),
    model,
    ...(metadata !== undefined && { metadata: { [metadata[0]]: value } }),
  };
  return { name: `${name} takes what it should`, request, expect: { route: name } };
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
