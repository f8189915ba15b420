import type { ConfigKind } from './config-kinds.ts';
import { CONFIG_KINDS } from './config-kinds.ts';
import { type Draft, note, shown } from './draft.ts';
import { LEFT_OUT } from './left-out.ts';
import { pathText, type SourceNode } from './source-node.ts';

/** Switched off or empty: nothing is lost. */
function isOff(value: unknown): boolean {
  return (
    value === false || value === '' || (typeof value === 'object' && value !== null && Object.keys(value).length === 0)
  );
}

/** Reports what no importer has read: with what is known of the setting, else by its name alone. */
export function reportUnread(draft: Draft, root: SourceNode, kind: ConfigKind): void {
  for (const node of root.unread()) {
    if (isOff(node.value)) continue;
    const name = String(node.path.findLast((step) => typeof step === 'string') ?? '');
    const path = pathText(node.path).replace(/\[\d+\]/g, '');
    const known = LEFT_OUT[kind].find(([pattern]) => pattern.test(path));
    const message =
      known?.[1] ?? `${name === '' ? 'this' : `\`${shown(name)}\``} of ${CONFIG_KINDS[kind]} has no counterpart here`;
    const action = known?.[2] ?? 'Leave it out, or see docs/import.md for what comes nearest.';
    note(draft, 'left-out', known === undefined ? 'unsupported' : (known[3] ?? 'unsupported'), node, message, action);
  }
}
