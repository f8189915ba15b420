import { addNamed, type Draft, note } from '../draft.ts';
import { numberAt, type SourceNode, textAt, textOf } from '../source-node.ts';
import { seconds } from '../time-spans.ts';
import { addConditional } from './conditional.ts';
import { addGuardrails } from './guardrails.ts';
import { createReader, type PortkeyReader } from './reader.ts';
import { addGroup, modeOf } from './targets.ts';

/** A Portkey config: its strategy becomes a chain behind a catch-all route, conditions become routes. */
export function importPortkey(draft: Draft, documents: readonly SourceNode[]): void {
  for (const [index, root] of documents.entries()) importOne(draft, root, index);
}

function importOne(draft: Draft, root: SourceNode, index: number): void {
  if (Array.isArray(root.value)) {
    for (const [at, item] of root.items().entries()) importOne(draft, item, at);
    return;
  }
  const reader = createReader(draft);
  const cache = addCache(draft, root);
  const guardrails = addGuardrails(draft, root);
  const shared = {
    ...(cache !== null && { cache }),
    ...(guardrails.length > 0 && { guardrails }),
  };
  root.get('weight')?.take();
  if (modeOf(root) === 'conditional') {
    addConditional(reader, root, shared);
    return;
  }
  if (!answers(root)) {
    if (cache !== null) explainHeaders(draft, root);
    return;
  }
  addRoute(reader, root, shared, index);
}

/** Whether a config names anyone who answers; one of settings alone goes with a provider in a header. */
function answers(root: SourceNode): boolean {
  return ['targets', 'provider', 'virtual_key', 'override_params', 'custom_host'].some(
    (key) => root.get(key) !== undefined,
  );
}

function explainHeaders(draft: Draft, root: SourceNode): void {
  const message = 'the config names no provider: Portkey takes it from a header of each request';
  note(draft, 'needs-you', 'provider', root, message, 'Name the cache in the routes that it is for.');
}

function addRoute(reader: PortkeyReader, root: SourceNode, shared: object, index: number): void {
  const { draft } = reader;
  const name = index === 0 ? 'portkey' : `portkey-${index + 1}`;
  const chain = addGroup(reader, root, name, {});
  if (chain === null) {
    note(
      draft,
      'left-out',
      'targets',
      root,
      'no target of the config can be reached from here',
      'Add a provider and a chain by hand.',
    );
    return;
  }
  addNamed(
    draft,
    'Route',
    index === 0 ? 'default' : name,
    {
      description: 'Whatever the Portkey config answered',
      spec: { match: index === 0 ? {} : { metadata: { config: [name] } }, chain, ...shared },
    },
    root,
  );
  if (index > 0) {
    note(
      draft,
      'needs-you',
      'route',
      root,
      'several configs in one file: Portkey chooses by the id in a header',
      `Requests with the metadata config=${name} reach this one; change the route’s \`match\` to what tells them apart.`,
    );
  }
}

function addCache(draft: Draft, root: SourceNode): string | null {
  const node = root.get('cache');
  if (node === undefined) return null;
  const mode = textAt(node, 'mode') ?? textOf(node) ?? 'simple';
  const maxAge = numberAt(node, 'max_age');
  if (node.value === false || mode === 'off') return null;
  note(
    draft,
    'differs',
    'cache-scope',
    node,
    'Portkey gives a kept answer to everyone who uses the config; here each consumer has answers of its own',
    'Share across consumers with a `share` block, which names a reason and who approved it.',
  );
  if (maxAge === undefined)
    note(
      draft,
      'differs',
      'cache-ttl',
      node,
      'without max_age Portkey keeps answers for seven days; so does the cache here',
      'Write the `ttl` that is meant.',
    );
  else
    note(
      draft,
      'differs',
      'cache-ttl',
      node,
      `max_age counts seconds: ${maxAge} became ${seconds(maxAge) ?? 'the longest that can be said'}`,
      'Nothing.',
    );
  const isSemantic = mode === 'semantic';
  if (isSemantic)
    note(
      draft,
      'differs',
      'cache-semantic',
      node,
      'Portkey compares questions with a model and a threshold of its own; here both are written, and hits are only counted at first',
      'Look at the hits before `shadow: false`.',
    );
  return addNamed(
    draft,
    'Cache',
    'answers',
    {
      description: 'The cache of the Portkey config',
      spec: {
        mode: isSemantic ? 'semantic' : 'exact',
        ttl: seconds(maxAge) ?? '7d',
        partition: ['consumer'],
        // What looks alike may still ask for another tool or show another picture.
        ...(isSemantic && { maxTemperature: 1, neverWhen: { hasTools: true, hasImages: true } }),
        ...(isSemantic && { semantic: { embedder: 'openai/text-embedding-3-small', threshold: 0.95, shadow: true } }),
      },
    },
    node,
  );
}
