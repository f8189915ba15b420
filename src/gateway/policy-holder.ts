import type { Diagnostic } from '#core';
import type { LoadedTree, Source } from '#policy';
import type { Snapshot } from '#snapshot';
import { type ActivePolicies, activePolicies, type Support } from './active-policies.ts';
import type { Verdict } from './compile-tree.ts';
import type { KeptRevision, KeptRevisions } from './kept-revisions.ts';
import type { LastGood } from './last-good.ts';
import { treeDigest } from './tree-digest.ts';

/** One try to put a tree into service. */
export interface ActivationAttempt {
  readonly atMs: number;
  /** When this verdict was first given, where later tries met the same tree. */
  readonly sinceMs: number;
  /** What asked for it: `boot`, `watch`, `poll`, `signal`, `admin`. */
  readonly trigger: string;
  readonly accepted: boolean;
  /** Digest of the compiled policies; null when they do not compile. */
  readonly digest: string | null;
  /** Digest of the files' bytes. */
  readonly tree: string;
  /** Whether another revision serves since. */
  readonly changed: boolean;
  readonly diagnostics: readonly Diagnostic[];
  readonly compileMs: number;
}

/** The policies in service, and how they get there. */
export interface PolicyHolder {
  /** The snapshot for a new request, which keeps it to its end. */
  readonly current: () => ActivePolicies;
  /** The files that the policies in service were compiled from, as they were read then. */
  readonly sources: () => readonly Source[];
  /** This and the revisions in service before it, as the data directory has them, newest first. */
  readonly revisions: () => Promise<readonly KeptRevision[]>;
  /** The last try. */
  readonly attempted: () => ActivationAttempt;
  /** The last try when it was refused, else null: then what is served is not what is written. */
  readonly rejected: () => ActivationAttempt | null;
  /** Whether what is served came from the last good revision on disk. */
  readonly isFromDisk: () => boolean;
  /** Loads, compiles and swaps, or leaves the old revision in service. Resolves with the verdict on the tree as it is now. */
  readonly reload: (trigger: string) => Promise<ActivationAttempt>;
}

export interface PolicyHolderOptions {
  readonly load: () => Promise<LoadedTree>;
  readonly compile: (tree: LoadedTree) => Promise<Verdict>;
  readonly support: Support;
  readonly lastGood: LastGood;
  readonly kept: KeptRevisions;
  readonly nowMs: () => number;
  /** What has to be at hand before a snapshot serves; never rejects. */
  readonly prepare: (snapshot: Snapshot) => Promise<void>;
  readonly onActivated: (active: ActivePolicies, attempt: ActivationAttempt) => void;
  readonly onRejected: (attempt: ActivationAttempt) => void;
  /** The last good revision, or those before it, could not be written or read back. */
  readonly onDiskProblem: (problem: unknown) => void;
}

/** What a boot came to: policies in service, or the findings for which there are none. */
export type Boot =
  | { readonly kind: 'serving'; readonly holder: PolicyHolder }
  | { readonly kind: 'refused'; readonly attempt: ActivationAttempt };

/** Reads and activates the tree, or else the last good revision on disk. */
export async function bootPolicies(options: PolicyHolderOptions): Promise<Boot> {
  const { nowMs, onDiskProblem } = options;
  let booted: InService | null = null;
  const first = await attempt(options, 'boot', null, (inService) => {
    booted = inService;
  });
  if (booted !== null) return { kind: 'serving', holder: holdPolicies(options, booted, first, false) };
  const sources = await options.lastGood.load().catch((error: unknown) => {
    onDiskProblem(error);
    return null;
  });
  const verdict = sources === null ? null : await options.compile({ sources, ignored: [], diagnostics: [] });
  if (sources === null || verdict === null || verdict.snapshot === null) return { kind: 'refused', attempt: first };
  await options.prepare(verdict.snapshot);
  const active = activePolicies(verdict.snapshot, options.support, nowMs());
  options.onActivated(active, { ...first, accepted: true, digest: verdict.snapshot.digest, diagnostics: [] });
  options.onRejected(first);
  return { kind: 'serving', holder: holdPolicies(options, { active, sources }, first, true) };
}

/** What serves, and what it was made from. */
interface InService {
  readonly active: ActivePolicies;
  readonly sources: readonly Source[];
}

function holdPolicies(
  options: PolicyHolderOptions,
  first: InService,
  firstAttempt: ActivationAttempt,
  fromDisk: boolean,
): PolicyHolder {
  let inService = first;
  let last = firstAttempt;
  let isFromDisk = fromDisk;
  let running: Promise<ActivationAttempt> | null = null;
  let waiting: Promise<ActivationAttempt> | null = null;

  async function run(trigger: string): Promise<ActivationAttempt> {
    last = await attempt(options, trigger, { attempt: last, digest: inService.active.snapshot.digest }, (next) => {
      inService = next;
    });
    if (last.accepted) isFromDisk = false;
    return last;
  }

  /** One at a time; whoever asks while one runs gets the verdict of the next, since the running one may have read too early. */
  function reload(trigger: string): Promise<ActivationAttempt> {
    if (running === null) {
      running = run(trigger).finally(() => {
        running = null;
      });
      return running;
    }
    waiting ??= running.then(
      () => start(trigger),
      () => start(trigger),
    );
    return waiting;
  }

  function start(trigger: string): Promise<ActivationAttempt> {
    waiting = null;
    return reload(trigger);
  }

  return {
    current: () => inService.active,
    sources: () => inService.sources,
    revisions: options.kept.list,
    attempted: () => last,
    rejected: () => (last.accepted ? null : last),
    isFromDisk: () => isFromDisk,
    reload,
  };
}

/** One try. `before` is the last one and the digest in service: a tree that was judged already keeps its verdict. */
async function attempt(
  options: PolicyHolderOptions,
  trigger: string,
  before: { readonly attempt: ActivationAttempt; readonly digest: string } | null,
  swap: (next: InService) => void,
): Promise<ActivationAttempt> {
  const tree = await options.load();
  const digest = treeDigest(tree);
  const atMs = options.nowMs();
  if (before !== null && before.attempt.tree === digest) return { ...before.attempt, atMs, trigger, changed: false };
  const { snapshot, diagnostics, compileMs } = await options.compile(tree);
  const base = { atMs, sinceMs: atMs, trigger, tree: digest, diagnostics, compileMs };
  if (snapshot === null) {
    const refused = { ...base, accepted: false, digest: null, changed: false };
    if (before !== null) options.onRejected(refused);
    return refused;
  }
  await options.prepare(snapshot);
  const active = activePolicies(snapshot, options.support, atMs);
  const accepted = { ...base, accepted: true, digest: snapshot.digest, changed: snapshot.digest !== before?.digest };
  swap({ active, sources: tree.sources });
  options.onActivated(active, accepted);
  // Waited for, so that a verdict means the revision would survive a restart; a full disk does not undo it.
  await options.lastGood.save(tree.sources, snapshot.digest).catch(options.onDiskProblem);
  await options.kept.keep(tree.sources, { digest: snapshot.digest, sinceMs: atMs }).catch(options.onDiskProblem);
  return accepted;
}
