import { addChain, type DraftTarget } from '../add-chain.ts';
import { addNamed, type Draft, note, shown } from '../draft.ts';
import { numberAt, type SourceNode, textAt, textOf } from '../source-node.ts';
import { policiesOf } from './policies.ts';
import { readProviderMap, targetFor } from './provider.ts';

/** `binds[].listeners[].routes[]`: a chain of the AI backends of each route. Backends of another kind are reported. */
export function addBinds(draft: Draft, root: SourceNode): void {
  const binds = root.get('binds')?.items() ?? [];
  const listeners = [
    ...binds.flatMap((bind) => bind.get('listeners')?.items() ?? []),
    ...(root.get('listeners')?.items() ?? []),
  ];
  for (const bind of binds) bind.get('port')?.take();
  for (const [index, listener] of listeners.entries()) {
    for (const key of ['name', 'protocol', 'hostname', 'port']) listener.get(key)?.take();
    const routes = listener.get('routes')?.items() ?? [];
    for (const [at, route] of routes.entries()) addRoute(draft, route, `route-${index + 1}-${at + 1}`);
  }
  for (const [at, route] of (root.get('routes')?.items() ?? []).entries()) addRoute(draft, route, `route-${at + 1}`);
}

function addRoute(draft: Draft, node: SourceNode, fallbackName: string): void {
  const policies = node.get('policies');
  const settings = policiesOf(draft, policies);
  const auth = policies?.get('backendAuth') ?? policies?.get('auth');
  const backends = node.get('backends')?.items() ?? [];
  const targets = backends.flatMap((backend) => backendTargets(draft, backend, auth));
  if (targets.length === 0) {
    if (backends.length > 0)
      note(
        draft,
        'left-out',
        'backend',
        node.get('backends') ?? node,
        'the backends are no AI providers',
        'Name them as Providers where they speak a dialect of one.',
      );
    node.get('matches')?.take();
    node.get('name')?.take();
    return;
  }
  const name = textAt(node, 'name') ?? targets[0]?.label ?? fallbackName;
  const isWeighted = targets.some(({ weight }) => weight !== undefined);
  const chain = addChain(
    draft,
    name,
    {
      description: `The route ${name}`,
      strategy: isWeighted ? 'weighted' : 'fallback',
      targets,
      fallbackOn: isWeighted ? [] : undefined,
      timeouts: settings.timeouts,
      retry: settings.retry,
    },
    node,
  );
  addNamed(
    draft,
    'Route',
    name,
    { description: `The route ${name}`, spec: { match: matchOf(draft, node), chain, ...settings.route } },
    node,
  );
}

const SERVED = /^\/v1\/(?:chat\/completions|completions|embeddings|responses|messages|images|audio|moderations|rerank)/;

/** Paths that the gateway serves by itself select nothing; others are offered. */
export function matchOf(draft: Draft, node: SourceNode): Record<string, unknown> {
  const matches = node.get('matches')?.items() ?? [];
  const paths: string[] = [];
  const headers: Record<string, string[]> = {};
  for (const match of matches) {
    const path = match.get('path');
    const text = textAt(path, 'pathPrefix') ?? textAt(path, 'exact') ?? textAt(path, 'value');
    path?.take();
    if (text !== undefined && text !== '/' && !SERVED.test(text)) {
      const full = `${text.replace(/\/+$/, '')}/v1/chat/completions`;
      paths.push(full);
      note(
        draft,
        'differs',
        'path',
        match,
        `a prefix of paths: ${shown(text)} is offered as ${shown(full)} for chat`,
        'Add the other paths that callers use to `match.paths`.',
      );
    }
    for (const header of match.get('headers')?.items() ?? []) {
      const name = textAt(header, 'name');
      const value = textAt(header.get('value'), 'exact') ?? textAt(header, 'value');
      header.take();
      if (name !== undefined && value !== undefined)
        headers[name.toLowerCase()] = [...(headers[name.toLowerCase()] ?? []), value];
    }
  }
  return {
    ...(paths.length > 0 && { paths: [...new Set(paths)] }),
    ...(Object.keys(headers).length > 0 && { headers }),
  };
}

function backendTargets(draft: Draft, backend: SourceNode, auth: SourceNode | undefined): readonly DraftTarget[] {
  const ai = backend.get('ai');
  const own = backend.get('policies');
  const key = own?.get('backendAuth') ?? own?.get('auth') ?? auth;
  const weight = numberAt(backend, 'weight');
  if (ai === undefined) {
    for (const name of ['mcp', 'host', 'service', 'a2a', 'backend']) {
      const node = backend.get(name);
      if (node === undefined) continue;
      note(
        draft,
        'left-out',
        'backend',
        node,
        `a backend of the kind ${name}${textOf(node) === undefined ? '' : ` (${shown(textOf(node) ?? '')})`} is no AI provider`,
        name === 'mcp' ? 'Write an McpServer document.' : 'Name it as a Provider where it speaks a dialect of one.',
      );
      node.take();
    }
    return [];
  }
  const groups = ai.get('groups')?.items() ?? [];
  const holders = groups.length > 0 ? groups.flatMap((group) => group.get('providers')?.items() ?? []) : [ai];
  return holders.flatMap((holder) => {
    const named = readProviderMap(draft, holder, holder.get('policies')?.get('backendAuth') ?? key);
    if (named === null) return [];
    return [
      {
        ...targetFor(draft, named, textAt(holder, 'name') ?? named.provider.name, holder),
        ...(weight !== undefined && groups.length === 0 && { weight }),
      },
    ];
  });
}
