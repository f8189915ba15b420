import { type Draft, note } from '../draft.ts';
import { secretFrom } from '../secret-source.ts';
import { isTrueAt, type SourceNode, textAt } from '../source-node.ts';
import { addBudgets } from './budgets.ts';
import { addCache } from './cache.ts';
import { readDeployments } from './deployments.ts';
import { addGroups } from './groups.ts';
import { addGuardrails } from './guardrails.ts';
import { readRouting } from './routing.ts';

/** LiteLLM's `config.yaml`: every model group becomes a chain and a route; budgets, the cache and guardrails become documents of their own. */
export function importLitellm(draft: Draft, documents: readonly SourceNode[]): void {
  for (const root of documents) importOne(draft, root);
}

function importOne(draft: Draft, root: SourceNode): void {
  const settings = root.get('litellm_settings');
  const router = root.get('router_settings');
  const general = root.get('general_settings');
  const routing = readRouting(draft, settings, router);
  const deployments = readDeployments(draft, root);
  const guardrails = addGuardrails(draft, root, settings);
  const cache = addCache(draft, settings);
  const isDropping = isTrueAt(settings, 'drop_params');
  addGroups(draft, { deployments, routing, cache, guardrails, isDropping, root });
  addBudgets(draft, { root, settings, router, general, deployments, routing });
  readAccess(draft, general, settings);
}

function readAccess(draft: Draft, general: SourceNode | undefined, settings: SourceNode | undefined): void {
  for (const node of [general?.get('master_key'), settings?.get('master_key')]) {
    if (node === undefined) continue;
    secretFrom(draft, node, 'SIGNALBOX_ADMIN_TOKEN');
    node.take();
    note(
      draft,
      'differs',
      'master-key',
      node,
      'the master key both administers LiteLLM and answers requests; here the admin token opens operations alone',
      'Set SIGNALBOX_ADMIN_TOKEN, and give every application a key of its own with `signalbox keys create`.',
    );
  }
  const verbose = settings?.get('set_verbose') ?? settings?.get('json_logs');
  verbose?.take();
  const telemetry = textAt(settings, 'telemetry');
  if (telemetry !== undefined) settings?.get('telemetry')?.take();
}
