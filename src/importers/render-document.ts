import { stringify } from 'yaml';
import { formatPolicies } from '#policy';
import type { DraftDocument } from './draft.ts';
import { slug, uniqueName } from './names.ts';

/** A file of the new tree; the path is relative to the folder that is set up, such as `policies/chains/premium.yaml`. */
export interface TreeFile {
  readonly path: string;
  readonly text: string;
}

const FOLDERS: Readonly<Record<string, string>> = {
  Environment: 'environments',
  Provider: 'providers',
  Model: 'models',
  Route: 'routes',
  Chain: 'chains',
  Budget: 'budgets',
  Cache: 'caches',
  Guardrail: 'guardrails',
  Consumer: 'consumers',
  Waiver: 'checks',
  Test: 'tests',
};

/** Gives every document a file of its own. Pure. */
export function pathsOf(documents: readonly DraftDocument[]): ReadonlyMap<DraftDocument, string> {
  const taken = new Set<string>();
  return new Map(
    documents.map((document) => {
      if (document.kind === 'Project') return [document, 'signalbox.yaml'];
      const base = uniqueName(
        `${FOLDERS[document.kind] ?? 'other'}/${slug(document.name, document.kind.toLowerCase())}`,
        taken,
      );
      return [document, document.kind === 'Test' ? `${base}.test.yaml` : `${base}.yaml`];
    }),
  );
}

/** Writes a document in canonical layout, with the place it comes from as a comment. Pure. */
export function renderDocument(document: DraftDocument, owner: string, file: string): string {
  const value = {
    apiVersion: 'signalbox/v1',
    kind: document.kind,
    metadata: {
      name: document.name,
      owner,
      description: document.description,
      ...(document.labels && { labels: document.labels }),
    },
    spec: document.spec,
  };
  const head = document.from === null ? '' : `# From ${commentText(document.from)}\n`;
  const text = head + stringify(value, { lineWidth: 110, aliasDuplicateObjects: false, version: '1.2' });
  const formatted = formatPolicies(text, file);
  return formatted.kind === 'formatted' ? formatted.text : text;
}

function commentText(text: string): string {
  return text.replace(/[^\x20-\x7e\u00a1-\u024f]/g, '?');
}
