import { addNamed, type Draft } from './draft.ts';

/** Makes sure that one route takes what all others leave over: the source's own, else one that refuses. Changes the draft. */
export function closeRoutes(draft: Draft): void {
  const matches = draft.documents.flatMap(({ kind, spec }) =>
    kind === 'Route' ? [spec.match as Record<string, unknown>] : [],
  );
  // A star alone excludes nothing, and only a route without conditions closes the space of requests.
  for (const match of matches) if ((match.models as readonly string[] | undefined)?.includes('*')) delete match.models;
  if (matches.some((match) => Object.keys(match).length === 0)) return;
  addNamed(
    draft,
    'Route',
    'everything-else',
    {
      description: 'Models that the imported configuration does not name',
      spec: { match: {}, deny: { status: 404, message: 'No model of this name is offered here.' } },
    },
    null,
  );
}
