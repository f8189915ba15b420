import { join } from 'node:path';
import { loadCatalog } from '#catalog';
import { VERSION } from '#core';
import { type Compiled, compilePolicies } from '#policy';
import { gateWaivers, policyChanges, type ReplayContext, type Shard, statefulChanges } from '#replay';
import type { Snapshot } from '#snapshot';
import { namedEnvironment, policiesFolder, textOption } from '../options.ts';
import { jsonFinding } from '../report/json.ts';
import type { Report } from '../report/report.ts';
import { checkLock } from '../traffic/check-lock.ts';
import { UsageError } from '../usage-error.ts';
import type { VerbCall } from '../verb.ts';
import type { ChosenMode } from './dry-run-options.ts';
import { findRecorded } from './find-recorded.ts';
import { openMergeBase, openRevision, openWorkingTree, type RevisionSources } from './open-revision.ts';
import { peekRecordings } from './peek-recordings.ts';
import { type CompiledPlan, compilePlan, packPlan, type ReplayPlan, targetsOf } from './replay-plan.ts';

/** A replay ready to run, or a head that does not compile. */
export type OpenedReplay =
  | {
      readonly kind: 'ready';
      readonly plan: ReplayPlan;
      readonly compiled: CompiledPlan;
      readonly context: ReplayContext;
    }
  | { readonly kind: 'broken'; readonly report: Report };

/** Reads both revisions, finds those that made the recordings, and settles the mode. Throws `UsageError`, `UnreadableRecording`. */
export async function openReplay(
  call: VerbCall,
  paths: readonly string[],
  { shard, mode }: { readonly shard: Shard; readonly mode: ChosenMode },
): Promise<OpenedReplay> {
  const folder = policiesFolder(call);
  const lock = textOption(call.options.lock);
  if (lock !== undefined) await checkLock(lock, paths);
  const peeked = await peekRecordings(paths);
  const environment = namedEnvironment(call) ?? peeked.environment ?? 'development';
  const headName = textOption(call.options.head);
  const baseName = textOption(call.options.base);
  const head = headName === undefined ? await openWorkingTree(folder) : await openRevision(folder, headName, '--head');
  const base = baseName === undefined ? await openMergeBase(folder) : await openRevision(folder, baseName, '--base');
  const catalog = loadCatalog();
  const compile = (side: RevisionSources): Compiled =>
    compilePolicies(side.sources, environment, catalog, side.diagnostics);
  const compiledBase = compile(base);
  const compiledHead = compile(head);
  if (head.sources.length === 0)
    throw new UsageError(`${folder} holds no policies`, 'Name the folder with --policies DIR.');
  if (compiledBase.snapshot === null) throw brokenBase(compiledBase, base);
  if (compiledHead.snapshot === null) return { kind: 'broken', report: brokenHead(compiledHead, folder) };
  const known = new Set([compiledBase.snapshot.digest, compiledHead.snapshot.digest]);
  const wanted = peeked.digests.filter((digest) => !known.has(digest));
  const recorded = await findRecorded(call, wanted, { folder, environment, catalog });
  const plan = packPlan({ base: base.sources, head: head.sources, recorded }, environment, shard);
  const compiled = compilePlan(plan, catalog);
  if (compiled === null) throw new Error('policies that compiled do not compile again');
  const context = contextOf({
    base,
    head,
    compiledBase,
    compiledHead,
    mode,
    environment,
    day: new Date(call.terminal.nowMs()).toISOString().slice(0, 10),
  });
  if (context.mode === 'simulate' && shard.of > 1) {
    throw new UsageError(
      'a simulation cannot be sharded: its state runs through the whole recording',
      `Add --mode stateless (${context.modeReason}).`,
    );
  }
  return { kind: 'ready', plan, compiled, context };
}

interface ContextParts {
  readonly base: RevisionSources;
  readonly head: RevisionSources;
  readonly compiledBase: Compiled;
  readonly compiledHead: Compiled;
  readonly mode: ChosenMode;
  readonly environment: string;
  readonly day: string;
}

function contextOf({ base, head, compiledBase, compiledHead, mode, environment, day }: ContextParts): ReplayContext {
  const before = compiledBase.snapshot as Snapshot;
  const after = compiledHead.snapshot as Snapshot;
  const changes = policyChanges(compiledBase, compiledHead);
  const stateful = statefulChanges(changes);
  const names = stateful.map(({ document }) => document);
  const why =
    names.length === 0
      ? 'no budget, cache, retry or breaker changed'
      : `${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''} changed`;
  const waivers = gateWaivers(before, day);
  return {
    version: VERSION,
    catalog: before.catalogDigest,
    base: { name: base.name, commit: base.commit, digest: before.digest },
    head: { name: head.name, commit: head.commit, digest: after.digest },
    environment,
    mode: mode === 'auto' ? (stateful.length > 0 ? 'simulate' : 'stateless') : mode,
    modeReason: mode === 'auto' ? why : 'chosen by --mode',
    changes,
    gates: before.project.gates,
    waivers,
    newWaivers: gateWaivers(after, day)
      .map(({ name }) => name)
      .filter((name) => !waivers.some((waiver) => waiver.name === name)),
    routes: [...after.routes.keys()].sort(),
    targets: targetsOf(after),
  };
}

function brokenBase({ diagnostics }: Compiled, { name }: RevisionSources): UsageError {
  const [first] = diagnostics.filter(({ severity }) => severity === 'error');
  if (first?.message.startsWith('there is no environment')) {
    return new UsageError(`${first.message} in ${name}`, first.hint ?? null);
  }
  const what = first === undefined ? 'unknown reason' : `${first.file}:${first.line} ${first.message}`;
  return new UsageError(`the base (${name}) does not compile: ${what}`, 'Compare with another revision: --base REV.');
}

function brokenHead({ diagnostics }: Compiled, folder: string): Report {
  const findings = diagnostics.filter(({ severity }) => severity === 'error');
  return {
    verb: 'dry-run',
    findings,
    json: { version: VERSION, exitCode: 1, findings: findings.map(jsonFinding) },
    failLevel: 'error',
    exitCode: 1,
    pathOf: (file) => join(folder, file).replaceAll('\\', '/'),
    texts: new Map(),
    scope: 'nothing was replayed: the head does not compile',
    notes: [],
  };
}
