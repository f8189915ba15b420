import { asArray, asObject, asString, canonicalJson, type Diagnostic, isObject } from '#core';
import { type AppliedOperation, createEffective, type Effective, keyOf, specOf } from './effective.ts';
import { errorAt, relatedAt } from './finding.ts';
import { editSpec, type Operation, type Override, setPart, withPart } from './overlay-edit.ts';
import { findLock, type Lock, lostGuardrails, readLocks } from './overlay-lock.ts';
import { type PathStep, parseOverlayPath, resolveSteps } from './overlay-path.ts';
import { revalidate } from './revalidate.ts';
import { suggest } from './suggest.ts';
import { type Traced, type TraceSource, tracedParts, traceOf } from './trace.ts';
import type { ParsedDocument, Path } from './types.ts';

/** What an environment's operations work on. */
export interface OverlayInput {
  /** The documents that exist in the environment, built-in ones included. */
  readonly documents: readonly Effective[];
  readonly environment: ParsedDocument;
  /** `Kind/name` of documents that the tree has, in this environment or another. */
  readonly elsewhere: ReadonlySet<string>;
  /** `Kind/name` of documents that could not be read: they have their own findings, and operations on them none. */
  readonly rejected: ReadonlySet<string>;
}

/** The documents after the operations, and what was wrong with operations. */
export interface Overlaid {
  readonly documents: readonly Effective[];
  readonly diagnostics: readonly Diagnostic[];
}

const OPERATIONS: readonly Operation[] = ['set', 'remove', 'insertBefore', 'insertAfter', 'replaceItem'];

/**
 * Applies an environment's operations in order. Each hits exactly one node of one document, else `env/dangling-override`; what is locked stays, else
 * `env/locked`; every document touched is validated again, and what is wrong then is found at the operation. A failed operation is left out. Pure.
 */
export function applyOverlays({ documents, environment, elsewhere, rejected }: OverlayInput): Overlaid {
  const spec = specOf(environment);
  const current = new Map(documents.map((document) => [keyOf(document), document]));
  const isElsewhere = (key: string): boolean => elsewhere.has(key) || rejected.has(key);
  const locks = readLocks(environment, (key) => current.has(key) || isElsewhere(key));
  const diagnostics: Diagnostic[] = [...findEmptyLocks(locks, current, isElsewhere)];
  const touched = new Set<string>();
  for (const index of asArray(spec.overrides).keys()) {
    const override = readOverride(environment, index);
    const document = current.get(override.target);
    if (document === undefined && rejected.has(override.target)) continue;
    const result = document
      ? applyOverride(document, override, locks)
      : unknownTarget(override, { current, elsewhere, environment: environment.name });
    if ('rule' in result) {
      diagnostics.push(result);
      continue;
    }
    current.set(override.target, result);
    touched.add(override.target);
  }
  for (const key of touched) {
    const document = current.get(key);
    if (document) diagnostics.push(...revalidate(document));
  }
  return { documents: [...current.values()], diagnostics };
}

function readOverride(environment: ParsedDocument, index: number): Override {
  const at: Path = ['spec', 'overrides', index];
  const raw = asObject(asArray(specOf(environment).overrides)[index]);
  const operation = OPERATIONS.find((name) => raw[name] !== undefined) ?? 'set';
  const valueField = operation === 'set' ? 'set' : 'value';
  const source: TraceSource = {
    by: 'overlay',
    valueSpan: environment.valueSpan,
    keySpan: environment.keySpan,
  };
  return {
    target: asString(raw.target) ?? '',
    path: asString(raw.path) ?? '',
    operation,
    item: operation === 'set' || operation === 'remove' ? '' : (asString(raw[operation]) ?? ''),
    value: { value: raw[valueField], trace: traceOf(source, [...at, valueField]) },
    spanOf: (field) => environment.valueSpan([...at, field]),
    span: environment.valueSpan(at),
  };
}

function applyOverride(document: Effective, override: Override, locks: readonly Lock[]): Effective | Diagnostic {
  const steps = parseOverlayPath(override.path);
  if (!steps) {
    return errorAt(override.spanOf('path'), {
      rule: 'env/dangling-override',
      message: `\`${override.path}\` is no path: expected keys dotted from \`spec\` and list items in brackets`,
      hint: 'Write it like `targets[gpt].model` or `match.headers["x-region"]`.',
    });
  }
  const lock = findLock(locks, override.target, touchedSteps(steps, override));
  if (lock) return lockedBy(lock, override);
  const root: Traced = { value: specOf(document), trace: traceOfSpec(document) };
  const edited = editSpec(root, steps, override);
  if ('rule' in edited) return edited;
  const guardrail = lostGuardrails(document, edited.value, locks);
  if (guardrail) return lockedBy(guardrail, override);
  return withSpec(document, edited, override);
}

/** The node an operation changes: an insertion changes the new item, not its neighbours. */
function touchedSteps(steps: readonly PathStep[], { operation, item, value }: Override): readonly PathStep[] {
  if (operation === 'set' || operation === 'remove') return steps;
  const id = operation === 'replaceItem' ? item : asString(asObject(value.value).id ?? asObject(value.value).name);
  return id === undefined ? steps : [...steps, { text: id, isBracketed: true }];
}

function traceOfSpec(document: Effective): Traced['trace'] {
  const part = tracedParts(document).get('spec');
  return part?.trace ?? document.trace;
}

function withSpec(document: Effective, spec: Traced, { operation, path, span }: Override): Effective {
  const { value, trace } = withPart(document, 'spec', spec);
  const applied: AppliedOperation = { file: span.file, line: span.line, path, operation, span };
  const isIdle = canonicalJson(specOf(document)) === canonicalJson(spec.value);
  return createEffective({
    ...document,
    value: isObject(value) ? value : {},
    trace,
    overlays: [...document.overlays, applied],
    ...(isIdle && { idleOperations: [...(document.idleOperations ?? []), { path, span }] }),
  });
}

function unknownTarget(
  override: Override,
  known: {
    readonly current: ReadonlyMap<string, unknown>;
    readonly elsewhere: ReadonlySet<string>;
    readonly environment: string;
  },
): Diagnostic {
  const span = override.spanOf('target');
  if (known.elsewhere.has(override.target)) {
    return errorAt(span, {
      rule: 'env/dangling-override',
      message: `${override.target} does not exist in environment \`${known.environment}\``,
      hint: 'Add the environment to its `metadata.environments`, or remove this operation.',
    });
  }
  const meant = suggest(override.target, known.current.keys());
  return errorAt(span, {
    rule: 'ref/unresolved',
    message: `there is no document \`${override.target}\` for this operation to change`,
    hint: meant ? `Did you mean \`${meant}\`?` : 'A target is written `Kind/name`.',
  });
}

function lockedBy(lock: Lock, override: Override): Diagnostic {
  return errorAt(override.span, {
    rule: 'env/locked',
    message: `${override.operation} on ${override.target} \`${override.path}\` touches what this environment locks: ${lock.text}`,
    hint: 'Remove the operation, or the lock in a change of its own.',
    related: [relatedAt(lock.span, 'locked here')],
  });
}

/** A lock that keeps nothing is a false sense of safety: its document, and its path as far as the schema knows it, must exist. */
function findEmptyLocks(
  locks: readonly Lock[],
  current: ReadonlyMap<string, Effective>,
  isElsewhere: (key: string) => boolean,
): readonly Diagnostic[] {
  const missed = locks.flatMap((lock) => {
    const document = current.get(lock.target);
    return document && lock.steps.length > 0 ? checkLockedPath(lock, document) : [];
  });
  const lost = locks.filter((lock) => !current.has(lock.target) && !isElsewhere(lock.target));
  const unresolved = lost.map((lock) => {
    const meant = suggest(lock.target, current.keys());
    return errorAt(lock.span, {
      rule: 'ref/unresolved',
      message: `there is no document \`${lock.target}\` to lock`,
      hint: meant ? `Did you mean \`${meant}\`?` : 'A lock is written `Kind/name` or `Kind/name:path`.',
    });
  });
  return [...missed, ...unresolved];
}

function checkLockedPath(lock: Lock, document: Effective): readonly Diagnostic[] {
  const found = resolveSteps(specOf(document), lock.steps);
  if (found.kind === 'hit') return [];
  const rule = 'env/dangling-override';
  if (found.kind === 'miss') {
    const meant = suggest(found.word, found.candidates);
    const hint = meant ? `Did you mean \`${meant}\`?` : 'Correct the path, or lock the whole document.';
    return [errorAt(lock.span, { rule, message: `the lock \`${lock.text}\` keeps nothing: ${found.reason}`, hint })];
  }
  // An absent field may be locked so that it stays absent; whether there is such a field, the schema says.
  const spec: Traced = { value: specOf(document), trace: traceOfSpec(document) };
  const probe = withPart(document, 'spec', setPart(spec, found.path, { value: null, trace: document.trace }));
  const unknown = revalidate(createEffective({ ...document, value: asObject(probe.value), trace: probe.trace })).find(
    (finding) => finding.rule === 'schema/unknown-key',
  );
  if (!unknown) return [];
  const message = `the lock \`${lock.text}\` keeps nothing: ${unknown.message}`;
  return [errorAt(lock.span, { rule, message, hint: unknown.hint })];
}
