import type { Path } from './types.ts';

/** One mistake in the shape of a document's value, before it has a place. */
export interface ShapeMistake {
  readonly rule:
    | 'schema/unknown-key'
    | 'schema/missing-key'
    | 'schema/type'
    | 'schema/value'
    | 'schema/format'
    | 'secret/literal';
  readonly path: Path;
  /** What to point at: the key or the value at the path, or the item at the path that lacks something. */
  readonly at: 'key' | 'value' | 'item';
  readonly message: string;
  readonly hint?: string;
  readonly fix?: ShapeFix;
}

/** The one thing the author can have meant, as an edit of what the mistake points at: its key, its value, or the list item. */
export type ShapeFix =
  | { readonly kind: 'replace'; readonly title: string; readonly text: string }
  | { readonly kind: 'wrap'; readonly title: string; readonly before: string; readonly after: string }
  | { readonly kind: 'remove'; readonly title: string };

/** A path as authors read it, such as `spec.targets[1].model`; the document itself for the empty path. Pure. */
export function showPath(path: Path): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (/^[\w-]+$/.test(step)) text += text === '' ? step : `.${step}`;
    else text += `[${JSON.stringify(step)}]`;
  }
  return text === '' ? 'the document' : `\`${text}\``;
}

/** `a, b or c`, each in backticks, cut after twelve. Pure. */
export function showList(items: readonly string[]): string {
  const shown = items.slice(0, 12).map((item) => `\`${item}\``);
  if (items.length > shown.length) return `${shown.join(', ')} … (${items.length} in all)`;
  const last = shown.pop() ?? '';
  return shown.length === 0 ? last : `${shown.join(', ')} or ${last}`;
}
