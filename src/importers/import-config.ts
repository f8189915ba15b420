import type { Catalog } from '#catalog';
import { compareText } from '#core';
import { closeRoutes } from './close-routes.ts';
import type { ConfigKind } from './config-kinds.ts';
import { addDocument, addNamed, createDraft, type Draft, note, takeName } from './draft.ts';
import { addTests } from './first-tests.ts';
import { writeImportPage } from './import-page.ts';
import type { Imported } from './imported.ts';
import { IMPORTERS } from './importers.ts';
import { readSource } from './read-source.ts';
import { recogniseKind } from './recognise-kind.ts';
import { reportUnread } from './report-unread.ts';
import { settleTree } from './settle-tree.ts';

/** What is imported, and for whom. */
export interface ImportInput {
  readonly text: string;
  /** As the user named it; findings repeat it. */
  readonly file: string;
  /** The kind to take it for; null to recognise it. */
  readonly kind: ConfigKind | null;
  /** Name of the new project. */
  readonly project: string;
  readonly owner: string;
  readonly nowMs: number;
  readonly catalog: Catalog;
}

/** What became of it. `unreadable` and `unknown` write nothing. */
export type ImportResult =
  | { readonly kind: 'unreadable'; readonly line: number | null; readonly message: string; readonly hint: string }
  | { readonly kind: 'unknown'; readonly candidates: readonly ConfigKind[] }
  | Imported;

/** Where the source says nothing, these hold; every request ends some time. */
const TIMEOUTS = { connect: '5s', firstToken: '2m', idle: '2m', total: '10m' };

/**
 * Turns the configuration of another gateway into a tree of policies that lints without errors, and reports every setting that was left out or behaves in
 * another way here. No key is copied: policies refer to variables. Pure but for the clock handed in.
 */
export function importConfig(input: ImportInput): ImportResult {
  const source = readSource(input.text, input.file);
  if (source.kind === 'unreadable') return source;
  const recognised = recogniseKind(source);
  const kind = input.kind ?? recognised.kind;
  if (kind === null) return { kind: 'unknown', candidates: recognised.candidates };
  const draft = createDraft(input.file, input.nowMs, input.catalog);
  for (const node of source.documents) {
    if (typeof node.value !== 'object')
      note(draft, 'left-out', 'document', node, 'a single value is no configuration', 'Remove it.');
  }
  IMPORTERS[kind](draft, source.documents);
  for (const node of source.documents) reportUnread(draft, node, kind);
  const isUseful = draft.documents.some(({ kind: made }) => made !== 'Consumer');
  addFrame(draft, input);
  const settled = settleTree(draft, input.owner, input.nowMs, input.catalog);
  const differences = [...draft.differences].sort(
    (a, b) => a.line - b.line || compareText(a.path, b.path) || compareText(a.topic, b.topic),
  );
  const answers = draft.documents.some(({ kind: made, spec }) => made === 'Route' && spec.deny === undefined);
  const verdict =
    !isUseful || !(answers || draft.documents.some(({ kind: made }) => MADE.has(made)))
      ? 'none'
      : differences.some(({ effect }) => effect === 'left-out')
        ? 'partial'
        : 'full';
  const counts: Record<string, number> = {};
  for (const { kind: made, from } of draft.documents) if (from !== null) counts[made] = (counts[made] ?? 0) + 1;
  const imported = {
    kind: 'imported',
    source: kind,
    verdict,
    differences,
    findings: settled.findings,
    counts,
  } as const;
  const files = settled.files.map(({ path, text }) => ({ path: `policies/${path}`, text }));
  return {
    ...imported,
    files: [...files, { path: 'policies/IMPORT.md', text: writeImportPage(imported, input.file) }],
  };
}

const MADE: ReadonlySet<string> = new Set(['Provider', 'Model', 'Chain', 'Budget', 'Cache', 'Guardrail']);

/** What every tree needs beside the source's own: the project, a consumer, and a route that closes the space of requests. */
function addFrame(draft: Draft, input: ImportInput): void {
  closeRoutes(draft);
  const hasConsumer = draft.documents.some(({ kind }) => kind === 'Consumer');
  const consumer = hasConsumer
    ? (draft.documents.find(({ kind }) => kind === 'Consumer')?.name ?? 'app')
    : addNamed(draft, 'Consumer', 'app', { description: 'Whoever called the former gateway', spec: {} }, null);
  if (!hasConsumer) {
    note(
      draft,
      'needs-you',
      'keys',
      null,
      'callers of this gateway have keys of its own; those of the former one are not taken over',
      `Make one with \`signalbox keys create ${consumer}\`. In development requests without a key count as ${consumer}.`,
    );
  }
  addDocument(
    draft,
    'Project',
    takeName(draft, 'Project', input.project),
    {
      description: `Settings of the whole tree, imported from ${input.file}`,
      spec: {
        requires: '>=0.1 <2',
        ruleset: '2026-11',
        timezone: 'UTC',
        anonymous: null,
        defaults: {
          timeouts: TIMEOUTS,
          retry: { max: 0, on: ['rate-limit', 'server-error', 'timeout', 'network'] },
        },
      },
    },
    null,
  );
  addTests(draft, consumer);
  addNamed(
    draft,
    'Environment',
    'development',
    {
      description: 'A laptop: requests need no key of ours',
      spec: { overrides: [{ target: `Project/${input.project}`, path: 'anonymous', set: consumer }] },
    },
    null,
  );
}
