import type { JsonObject } from '#core';
import { addChain, type DraftTarget, EVERY_FAILURE, retries } from '../add-chain.ts';
import { declareModel } from '../declare-model.ts';
import { addNamed, type Draft, note, shown } from '../draft.ts';
import { slug } from '../names.ts';
import { toCel } from '../portkey/condition-to-match.ts';
import { numberAt, type SourceNode, textAt } from '../source-node.ts';
import { milliseconds, seconds } from '../time-spans.ts';
import { stepProvider } from './step-access.ts';

interface Walk {
  readonly draft: Draft;
  readonly name: string;
  readonly elements: ReadonlyMap<string, SourceNode>;
  /** Conditions on the way here, in CEL. */
  readonly conditions: readonly string[];
  readonly seen: readonly string[];
}

/** A route drawn as a graph: conditions become routes, shares and fallbacks chains, limits budgets. It is asked for as the model `dynamic/NAME`. */
export function addDynamicRoute(draft: Draft, root: SourceNode): void {
  for (const key of ['id', 'account_tag', 'gateway_id', 'created_at', 'modified_at', 'deployment', 'version'])
    root.get(key)?.take();
  const name = textAt(root, 'name') ?? 'route';
  const nodes = root.get('elements')?.items() ?? [];
  const elements = new Map(nodes.map((node) => [textAt(node, 'id') ?? '', node]));
  for (const node of nodes) if (textAt(node, 'type') === 'end') node.take();
  const start = nodes.find((node) => textAt(node, 'type') === 'start') ?? nodes[0];
  if (start === undefined) return;
  walk({ draft, name, elements, conditions: [], seen: [] }, start);
}

/** Follows conditions to where models begin, and adds a route for each way. */
function walk(at: Walk, node: SourceNode): void {
  const { draft } = at;
  const id = textAt(node, 'id') ?? '';
  if (at.seen.includes(id)) return;
  const next = { ...at, seen: [...at.seen, id] };
  const type = textAt(node, 'type');
  if (type === 'start') {
    const after = outputOf(at, node, 'next');
    if (after !== undefined) walk(next, after);
    return;
  }
  if (type === 'conditional') {
    const query = node.get('properties')?.get('conditions') ?? node.get('properties')?.get('condition');
    const holds = toCel(query?.take());
    const yes = outputOf(at, node, 'true');
    const no = outputOf(at, node, 'false');
    if (holds === null) {
      note(
        draft,
        'left-out',
        'condition',
        query ?? node,
        'the condition looks at something that a route cannot see; only its false way was taken over',
        'Write `match` or a CEL `when` by hand; docs/kinds/route.md lists the fields.',
      );
    } else if (yes !== undefined) walk({ ...next, conditions: [...at.conditions, `(${holds})`] }, yes);
    if (no !== undefined) walk(holds === null ? next : { ...next, conditions: [...at.conditions, `!(${holds})`] }, no);
    return;
  }
  const label = at.conditions.length === 0 ? at.name : `${at.name}-${at.conditions.length}`;
  const targets = targetsOf(next, node, label);
  if (targets.length === 0) return;
  const [only] = targets;
  const chain =
    targets.length === 1 && only?.chain !== undefined
      ? only.chain
      : addChain(
          draft,
          label,
          {
            description: `The dynamic route ${at.name}`,
            targets,
            fallbackOn: EVERY_FAILURE,
            maxAttempts: targets.reduce((sum, { retry }) => sum + 1 + Number(retry?.max ?? 0), 0),
          },
          node,
        );
  const match: JsonObject = {
    models: [`dynamic/${at.name}`],
    ...(at.conditions.length > 0 && { when: at.conditions.join(' && ') }),
  };
  addNamed(draft, 'Route', label, { description: `The dynamic route ${at.name}`, spec: { match, chain } }, node);
}

/** The targets from an element on, in the order in which they are tried. */
function targetsOf(at: Walk, node: SourceNode, label: string): readonly DraftTarget[] {
  const { draft } = at;
  const type = textAt(node, 'type');
  const id = textAt(node, 'id') ?? '';
  if (type === 'model') return modelTargets(at, node, label);
  if (type === 'percentage') return percentageTargets(at, node, label);
  if (type === 'rate') return limitTargets(at, node, label);
  if (type === 'conditional') {
    note(
      draft,
      'left-out',
      'condition',
      node,
      'a condition after a share or a limit; only its false way was taken over',
      'Move the condition to the front, where a route can decide it.',
    );
    node.get('properties')?.take();
    const no = outputOf(at, node, 'false');
    outputOf(at, node, 'true');
    return no === undefined || at.seen.includes(textAt(no, 'id') ?? '')
      ? []
      : targetsOf({ ...at, seen: [...at.seen, id] }, no, label);
  }
  return [];
}

function follow(at: Walk, node: SourceNode, output: string, label: string): readonly DraftTarget[] {
  const after = outputOf(at, node, output);
  const id = textAt(after, 'id') ?? '';
  return after === undefined || at.seen.includes(id) ? [] : targetsOf({ ...at, seen: [...at.seen, id] }, after, label);
}

function modelTargets(at: Walk, node: SourceNode, label: string): readonly DraftTarget[] {
  const { draft } = at;
  const properties = node.get('properties') ?? node;
  const type = textAt(properties, 'provider') ?? '';
  const upstream = textAt(properties, 'model');
  const provider = stepProvider(draft, properties, type);
  const timeout = milliseconds(numberAt(properties, 'timeout'));
  const retry = retries(numberAt(properties, 'retries'));
  follow(at, node, 'success', label);
  const rest = follow(at, node, 'fallback', label);
  if (rest.length > 0)
    note(
      draft,
      'differs',
      'fallback-on',
      node,
      'Cloudflare takes the fallback after every failure, a wrong key (401) and a refused request (400) included; the chain says so',
      'Take `invalid-request` and `content-filter` out of `fallbackOn` where a bad request should fail at once.',
    );
  const target = {
    label: upstream ?? type,
    ...(upstream === undefined
      ? { provider: provider.name }
      : { model: declareModel(draft, provider, upstream, {}, properties) }),
    ...(timeout && { timeouts: { total: timeout } }),
    ...(retry && { retry }),
  };
  return [target, ...rest];
}

function percentageTargets(at: Walk, node: SourceNode, label: string): readonly DraftTarget[] {
  const { draft } = at;
  const outputs = node.get('outputs')?.fields() ?? [];
  const stated = outputs.map(([key]) => Number.parseFloat(key.replace(/^[^\d]*/, '')));
  const known = stated.reduce((sum, share) => sum + (Number.isFinite(share) ? share : 0), 0);
  const branches = outputs.flatMap(([key], index) => {
    const targets = follow(at, node, key, `${label}-${index + 1}`);
    const share = stated[index] ?? Number.NaN;
    const weight = Number.isFinite(share) ? share : Math.max(0, 100 - known);
    if (targets.length === 0) return [];
    const [only] = targets;
    if (targets.length === 1 && only !== undefined) return [{ ...only, weight }];
    const chain = addChain(
      draft,
      `${label}-${index + 1}`,
      { description: `A share of the dynamic route ${at.name}`, targets, fallbackOn: EVERY_FAILURE },
      node,
    );
    return [{ label: key, chain, weight }];
  });
  if (branches.length === 0) return [];
  const chain = addChain(
    draft,
    `${label}-split`,
    {
      description: `The shares of the dynamic route ${at.name}`,
      strategy: 'weighted',
      targets: branches,
      fallbackOn: [],
    },
    node,
  );
  return [{ label: 'split', chain }];
}

function limitTargets(at: Walk, node: SourceNode, label: string): readonly DraftTarget[] {
  const { draft } = at;
  const properties = node.get('properties') ?? node;
  const limit = numberAt(properties, 'limit');
  const window = seconds(numberAt(properties, 'window'));
  const isCost = (textAt(properties, 'limitType') ?? textAt(properties, 'limit_type')) === 'cost';
  const key = textAt(properties, 'key') ?? '';
  const metadata = /metadata\.([\w.-]+)/.exec(key)?.[1];
  const within = follow(at, node, 'success', label);
  const beyond = follow(at, node, 'fallback', `${label}-beyond`);
  const chain =
    beyond.length === 0
      ? null
      : beyond.length === 1 && beyond[0]?.chain !== undefined
        ? beyond[0].chain
        : addChain(
            draft,
            `${label}-beyond`,
            {
              description: `What answers beyond the limit of the dynamic route ${at.name}`,
              targets: beyond,
              fallbackOn: EVERY_FAILURE,
            },
            node,
          );
  if (limit === undefined || window === undefined || limit < 0 || (!isCost && !Number.isInteger(limit))) return within;
  note(
    draft,
    'differs',
    'rate',
    node,
    `Cloudflare counts what this element lets pass${key === '' ? '' : ` for each ${shown(key)}`}; the Budget counts ${metadata === undefined ? 'everything the route answers' : 'for each value of that metadata'}, in a rolling span of ${window}`,
    'Look at the Budget; requests without the metadata share one counter.',
  );
  addNamed(
    draft,
    'Budget',
    `${label}-limit`,
    {
      description: `A limit of the dynamic route ${at.name}`,
      spec: {
        scope: { routes: [slug(label)] },
        ...(metadata !== undefined && { per: [`metadata.${metadata}`] }),
        limit: isCost ? { cost: `${limit} USD` } : { requests: limit },
        window: { rolling: window },
        onExhausted: chain === null ? 'deny' : { chain },
        failMode: 'open',
      },
    },
    node,
  );
  return within;
}

function outputOf(at: Walk, node: SourceNode, name: string): SourceNode | undefined {
  const output = node.get('outputs')?.get(name);
  const id = textAt(output, 'elementId') ?? textAt(output, 'element_id');
  return id === undefined ? undefined : at.elements.get(id);
}
