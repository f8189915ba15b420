import { type SourceNode, textAt } from '../source-node.ts';

/** A Kubernetes resource with its name. */
export interface Resource {
  readonly kind: string;
  readonly name: string;
  readonly node: SourceNode;
  readonly spec: SourceNode | undefined;
}

/** The resources of one file. */
export interface Resources {
  readonly all: readonly Resource[];
  readonly find: (kind: string, name: string | undefined) => Resource | undefined;
  readonly of: (kind: string) => readonly Resource[];
}

/** The resources of a file, those of a `List` included. */
export function collectResources(documents: readonly SourceNode[]): Resources {
  const roots = documents.flatMap((root) =>
    textAt(root, 'kind') === 'List' ? (root.get('items')?.items() ?? []) : [root],
  );
  const all = roots.flatMap((node): readonly Resource[] => {
    const kind = textAt(node, 'kind');
    if (kind === undefined) return [];
    for (const key of ['apiVersion', 'kind', 'metadata', 'status']) node.get(key)?.take();
    return [{ kind, name: textAt(node.get('metadata'), 'name') ?? 'unnamed', node, spec: node.get('spec') }];
  });
  return {
    all,
    find: (kind, name) => all.find((each) => each.kind === kind && each.name === name),
    of: (kind) => all.filter((each) => each.kind === kind),
  };
}
