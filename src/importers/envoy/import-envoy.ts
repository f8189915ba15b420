import { type Draft, note, shown } from '../draft.ts';
import type { SourceNode } from '../source-node.ts';
import { addTrafficLimits } from './rate-limits.ts';
import { collectResources } from './resources.ts';
import { addRoutes } from './routes.ts';

/** Read here, or part of what is read. */
const READ: ReadonlySet<string> = new Set([
  'AIGatewayRoute',
  'AIServiceBackend',
  'BackendSecurityPolicy',
  'Backend',
  'BackendTrafficPolicy',
  'BackendTLSPolicy',
  'Secret',
]);
/** Gateway settings that change requests. */
const POLICIES =
  /^(MCPRoute|QuotaPolicy|EnvoyExtensionPolicy|SecurityPolicy|ClientTrafficPolicy|EnvoyPatchPolicy|HTTPRouteFilter|GatewayConfig)$/;

/** Envoy AI Gateway's resources: each rule of an AIGatewayRoute becomes a chain and a route, service backends providers, rate limits budgets. */
export function importEnvoy(draft: Draft, documents: readonly SourceNode[]): void {
  const resources = collectResources(documents);
  addRoutes(draft, resources);
  addTrafficLimits(draft, resources);
  for (const { kind, name, node } of resources.all) {
    if (READ.has(kind)) {
      if (kind === 'Secret' || kind === 'BackendTLSPolicy') node.take();
      continue;
    }
    if (POLICIES.test(kind))
      note(
        draft,
        'left-out',
        'policy',
        node,
        `${kind} ${shown(name)} is not read`,
        ADVICE[kind] ?? 'See the options of `signalbox serve`.',
      );
    else
      note(
        draft,
        'ignored',
        'cluster',
        node,
        `${shown(kind)} ${shown(name)} is part of the cluster and no policy`,
        'Leave it where it is deployed.',
      );
    node.take();
  }
}

const ADVICE: Readonly<Record<string, string>> = {
  MCPRoute: 'Write an McpServer document.',
  QuotaPolicy: 'Write Budgets for what it limits.',
  SecurityPolicy: 'Write consumers with keys.',
  ClientTrafficPolicy: 'Set `limits.bodySize` of routes.',
};
