import { asObject, asString, type Diagnostic } from '#core';
import { type Source, unpackTree } from '#policy';
import { callAdmin } from '../call-admin.ts';
import { openRevision, openWorkingTree } from '../dry-run/open-revision.ts';
import { type PolicyTree, treeOf } from '../load-tree.ts';
import { UsageError } from '../usage-error.ts';
import type { VerbCall } from '../verb.ts';

/** One side of a comparison, not yet compiled. */
export interface Side {
  /** As a reader would name it. */
  readonly name: string;
  readonly commit: string | null;
  readonly tree: PolicyTree;
  /** The one environment a running gateway serves; null for files, which hold all of them. */
  readonly environment: string | null;
}

/** Opens a git revision, a folder, or the policies that a running gateway serves; the files of the policies folder for null. Throws `UsageError`. */
export async function openSide(call: VerbCall, folder: string, text: string | null): Promise<Side> {
  if (text !== null && /^https?:\/\//.test(text)) return openRunning(call, text);
  const { name, commit, sources, diagnostics } =
    text === null ? await openWorkingTree(folder) : await openRevision(folder, text, 'diff');
  return { name, commit, tree: treeFrom(text === null ? folder : name, sources, diagnostics), environment: null };
}

async function openRunning(call: VerbCall, url: string): Promise<Side> {
  const options = { ...call.options, url };
  const { status, body } = await callAdmin({ ...call, options }, 'GET', '/admin/policies');
  const { tree, environment, revision } = asObject(body);
  const sources = unpackTree(asString(tree) ?? '');
  if (status !== 200 || sources === null) {
    throw new UsageError(`${url} does not tell its policies (status ${status})`, 'Is it a gateway of this version?');
  }
  const name = `${url} (${asString(revision) ?? 'unknown revision'})`;
  return { name, commit: null, tree: treeFrom(url, sources, []), environment: asString(environment) ?? null };
}

function treeFrom(folder: string, sources: readonly Source[], diagnostics: readonly Diagnostic[]): PolicyTree {
  return treeOf(folder, { sources, ignored: [], diagnostics });
}
