import { RE2JS } from 're2js';
import { secretShape } from '#lint';
import { type Draft, note } from './draft.ts';
import { uniqueName } from './names.ts';
import type { SourceNode } from './source-node.ts';

/** One check of a Guardrail to be written. */
export interface DraftCheck {
  readonly id: string;
  readonly check: string;
  readonly action: 'block' | 'mask' | 'flag';
  readonly pattern?: string;
  readonly words?: readonly string[];
  readonly schema?: unknown;
  readonly url?: string;
  readonly restore?: boolean;
}

/** Adds a check under an id of its own. A pattern that RE2 cannot run is reported and left out. */
export function addCheck(checks: DraftCheck[], check: Omit<DraftCheck, 'id'>, draft?: Draft, node?: SourceNode): void {
  if (check.pattern !== undefined && !isPattern(check.pattern)) {
    if (draft && node)
      note(
        draft,
        'left-out',
        'pattern',
        node,
        'the regular expression cannot run here: patterns are RE2, without look-around and back-references',
        'Write it in RE2’s syntax.',
      );
    return;
  }
  const same = checks.find(
    (each) =>
      each.check === check.check &&
      each.action === check.action &&
      check.pattern === undefined &&
      check.words === undefined,
  );
  if (same !== undefined) return;
  const ids = new Set(checks.map(({ id }) => id));
  checks.push({ id: uniqueName(check.check, ids), ...check });
}

function isPattern(text: string): boolean {
  if (secretShape(text) !== null) return false;
  try {
    RE2JS.compile(text);
    return true;
  } catch {
    return false;
  }
}
