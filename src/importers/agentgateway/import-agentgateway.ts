import { type Draft, note } from '../draft.ts';
import { type SourceNode, textAt } from '../source-node.ts';
import { addBinds } from './binds.ts';
import { addCluster } from './cluster.ts';
import { addLlm } from './llm.ts';

/** agentgateway's own configuration (`llm`, `binds`) and its Kubernetes resources. */
export function importAgentgateway(draft: Draft, documents: readonly SourceNode[]): void {
  const resources = documents.filter((root) => root.get('apiVersion') !== undefined && root.get('kind') !== undefined);
  if (resources.length > 0) addCluster(draft, resources);
  for (const root of documents) {
    if (resources.includes(root)) continue;
    const llm = root.get('llm');
    if (llm !== undefined) addLlm(draft, llm);
    addBinds(draft, root);
    readProcess(draft, root);
  }
}

function readProcess(draft: Draft, root: SourceNode): void {
  for (const key of ['config', 'frontendPolicies', 'services', 'workloads']) {
    const node = root.get(key);
    if (node === undefined) continue;
    const isTraced = node.get('tracing') !== undefined || textAt(node, 'logging') !== undefined;
    note(
      draft,
      'left-out',
      isTraced ? 'telemetry' : 'process',
      node,
      `\`${key}\` sets up agentgateway’s own process`,
      isTraced ? 'Point the OTEL_* variables at the collector.' : 'See the options of `signalbox serve`.',
    );
    node.take();
  }
}
