import type { Catalog } from '#catalog';
import type { Diagnostic } from '#core';
import { BUILTIN_FINDINGS, runLint } from '#lint';
import { compileEnvironment, listEnvironments, parsePolicies } from '#policy';
import { closeRoutes } from './close-routes.ts';
import { addNamed, type Draft, type DraftDocument, note } from './draft.ts';
import { pathsOf, renderDocument, type TreeFile } from './render-document.ts';
import { trimCatalog } from './trim-catalog.ts';

/** A tree without errors, and what lint still says of it. */
export interface SettledTree {
  readonly files: readonly TreeFile[];
  readonly findings: readonly Diagnostic[];
}

/**
 * Mistakes that nobody can accept: what is found by reading and linking, and routes that never get a request. Every other rule is about what the source
 * itself decided: accepting it for a while keeps its behaviour, and the waiver says until when.
 */
const NEVER_WAIVED: ReadonlySet<string> = new Set([
  ...BUILTIN_FINDINGS.map(({ id }) => id),
  'route/shadowed',
  'route/ambiguous',
  'route/no-default',
  'test/vacuous',
]);
/** What the tree cannot be without; a finding about one of these is about something else that is missing. */
const FRAME: ReadonlySet<string> = new Set(['Project', 'Environment', 'Consumer']);
const WAIVER_DAYS = 90;
const DAY_MS = 86_400_000;
/** Each round takes away, waives or ranks something; trees that need more have never been seen. */
const MAX_ROUNDS = 40;

/**
 * Writes the documents and checks them as `signalbox lint` would, until no error is left: equally specific routes get priorities in the order of the
 * source, unreachable routes and documents that cannot be valid are taken out, and what the source decided against a rule gets a waiver of 90 days. Each of
 * these is a difference. Changes the draft.
 */
export function settleTree(draft: Draft, owner: string, nowMs: number, catalog: Catalog): SettledTree {
  for (let round = 0; ; round++) {
    const paths = pathsOf(draft.documents);
    const files = [...paths].map(([document, path]) => ({ path, text: renderDocument(document, owner, path) }));
    const findings = check(files, nowMs, trimCatalog(catalog, draft.documents));
    const errors = findings.filter(({ severity }) => severity === 'error');
    if (errors.length === 0 || round === MAX_ROUNDS) return { files, findings };
    const byPath = new Map([...paths].map(([document, path]) => [path, document]));
    repair(draft, errors, byPath, nowMs);
  }
}

function check(files: readonly TreeFile[], nowMs: number, catalog: Catalog): readonly Diagnostic[] {
  const encoder = new TextEncoder();
  const parsed = parsePolicies(files.map(({ path, text }) => ({ file: path, bytes: encoder.encode(text) })));
  const compiled = listEnvironments(parsed).map((environment) => compileEnvironment(parsed, environment, catalog));
  return runLint({ parsed, compiled, nowMs }).findings;
}

function repair(
  draft: Draft,
  errors: readonly Diagnostic[],
  byPath: ReadonlyMap<string, DraftDocument>,
  nowMs: number,
): void {
  if (errors.some(({ rule }) => rule === 'route/ambiguous') && rank(draft)) return;
  if (errors.some(({ rule }) => rule === 'route/no-default')) closeRoutes(draft);
  const done = new Set<DraftDocument>();
  for (const error of errors) {
    const document = byPath.get(error.file);
    if (document === undefined || done.has(document) || FRAME.has(document.kind)) continue;
    done.add(document);
    const isWaived = draft.documents.some(
      ({ kind, spec }) =>
        kind === 'Waiver' && spec.rule === error.rule && spec.subject === `${document.kind}/${document.name}`,
    );
    if (!NEVER_WAIVED.has(error.rule) && !isWaived) waive(draft, document, error, nowMs);
    else remove(draft, document, error);
  }
}

/** Priorities in the order of the source, the first highest. False when they were given before. */
function rank(draft: Draft): boolean {
  const routes = draft.documents.filter(
    ({ kind, spec }) => kind === 'Route' && Object.keys(spec.match as object).length > 0,
  );
  if (routes.some(({ spec }) => spec.priority !== undefined)) return false;
  for (const [index, { spec }] of routes.entries()) spec.priority = routes.length - index;
  note(
    draft,
    'added',
    'priority',
    null,
    'some routes fit the same requests equally well; they got priorities in the order of the file',
    'Look whether that order is meant: `signalbox explain` names the route of a request and its rivals.',
  );
  return true;
}

function waive(draft: Draft, document: DraftDocument, error: Diagnostic, nowMs: number): void {
  const subject = `${document.kind}/${document.name}`;
  const expires = new Date(nowMs + WAIVER_DAYS * DAY_MS).toISOString().slice(0, 10);
  addNamed(
    draft,
    'Waiver',
    `${document.name}-${error.rule.split('/')[1]}`,
    {
      description: `Imported as it was: ${error.message}`,
      spec: {
        rule: error.rule,
        subject,
        reason: 'The imported configuration decided so; look at it before the day below.',
        expires,
      },
    },
    null,
  );
  note(
    draft,
    'needs-you',
    'waiver',
    null,
    `${subject}: ${error.message} (${error.rule})`,
    `${error.hint ?? 'Decide whether that is meant.'} A waiver accepts it until ${expires}.`,
  );
}

function remove(draft: Draft, document: DraftDocument, error: Diagnostic): void {
  draft.documents.splice(draft.documents.indexOf(document), 1);
  const what = `${document.kind} ${document.name}${document.from === null ? '' : ` (${document.from})`}`;
  note(
    draft,
    'left-out',
    'document',
    null,
    `${what} was left out: ${error.message} (${error.rule})`,
    error.hint ?? 'Write it by hand.',
  );
}
