import { asObject, type Diagnostic } from '#core';
import { type Effective, specOf } from './effective.ts';
import { errorAt } from './finding.ts';
import { findSecretReferences } from './secret-references.ts';
import { suggest } from './suggest.ts';
import type { World } from './world.ts';

/** `ref/unresolved` for every reference to a secret store that the project does not name. Pure. */
export function findUnknownStores({ byKind, rejected }: World): readonly Diagnostic[] {
  const documents = [...byKind.values()].flatMap((names) => [...names.values()]);
  const projects = [...(byKind.get('Project')?.values() ?? [])];
  // What a project that cannot be read would have named is not known.
  if ([...rejected].some((key) => key.startsWith('Project/'))) return [];
  const stores = new Set(projects.flatMap((project) => Object.keys(asObject(specOf(project).secretStores))));
  return documents.filter(isOwn).flatMap((document) =>
    findSecretReferences(specOf(document)).flatMap(({ path, store }) => {
      if (store === null || stores.has(store)) return [];
      const meant = suggest(store, stores);
      return errorAt(document.valueSpan([...path, 'store']), {
        rule: 'ref/unresolved',
        message: `there is no secret store \`${store}\``,
        hint: meant ? `Did you mean \`${meant}\`?` : 'Name it in `secretStores` of the Project.',
      });
    }),
  );
}

/** The catalogue refers to no store. */
function isOwn({ from, overlays }: Effective): boolean {
  return from === 'file' || overlays.length > 0;
}
