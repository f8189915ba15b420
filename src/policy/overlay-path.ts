import { isObject } from '#core';
import type { Path } from './types.ts';

/** One step of an operation's path: a key, or in brackets a list item by id (or a key that holds dots). */
export interface PathStep {
  readonly text: string;
  readonly isBracketed: boolean;
}

/** Where a path leads, or why it leads nowhere. */
export type Resolution =
  | { readonly kind: 'hit'; readonly path: Path }
  /** All but the last key exist, and what holds it is a map. */
  | { readonly kind: 'absent-key'; readonly path: Path }
  | Miss;

/** Why a path leads nowhere. */
export interface Miss {
  readonly kind: 'miss';
  readonly reason: string;
  /** The step that failed, and what could stand in its place. */
  readonly word: string;
  readonly candidates: readonly string[];
  /** What to do when no candidate is meant. */
  readonly advice: string;
}

const STEP = /(?:^|\.)([^.[\]"']+)|\[(?:"([^"\]]*)"|'([^'\]]*)'|([^\]"']+))\]/;

/** Reads `targets[gpt].model` or `match.headers["x-a.b"]` into steps; null when the text is not of that form. Pure. */
export function parseOverlayPath(text: string): readonly PathStep[] | null {
  const steps: PathStep[] = [];
  const step = new RegExp(STEP, 'y');
  while (step.lastIndex < text.length) {
    const found = step.exec(text);
    if (!found) return null;
    const key = found[1];
    steps.push(
      key !== undefined
        ? { text: key, isBracketed: false }
        : { text: found[2] ?? found[3] ?? found[4] ?? '', isBracketed: true },
    );
  }
  return steps.length > 0 && steps[0]?.isBracketed === false ? steps : null;
}

/** Follows the steps from a value: exactly one node, an absent key of an existing map, or nothing. Pure. */
export function resolveSteps(root: unknown, steps: readonly PathStep[]): Resolution {
  const path: (string | number)[] = [];
  let at = root;
  for (const [depth, step] of steps.entries()) {
    if (Array.isArray(at)) {
      const found = findItem(at, step, describe(steps.slice(0, depth)));
      if (typeof found !== 'number') return found;
      path.push(found);
      at = at[found];
      continue;
    }
    const parent = describe(steps.slice(0, depth));
    if (!isObject(at)) return miss(`${parent} is ${at === null ? 'null' : 'a plain value'}, not a map`, step, []);
    if (!Object.hasOwn(at, step.text)) {
      if (depth === steps.length - 1) return { kind: 'absent-key', path: [...path, step.text] };
      const advice = `Set \`${formatSteps(steps.slice(0, depth + 1))}\` as a whole.`;
      return { ...miss(`${parent} has no \`${step.text}\``, step, Object.keys(at)), advice };
    }
    path.push(step.text);
    at = at[step.text];
  }
  return { kind: 'hit', path };
}

/** The position of the one item with the id, else why there is none. Pure. */
export function findItem(list: readonly unknown[], step: PathStep, parent: string): number | Miss {
  const ids = list.map(idOf);
  if (!step.isBracketed) {
    return miss(`${parent} is a list; an item is picked by its id in brackets`, step, []);
  }
  const hits = [...ids.keys()].filter((at) => ids[at] === step.text);
  const [first] = hits;
  const known = ids.filter((id) => id !== undefined);
  if (first === undefined) return miss(`${parent} has no item \`${step.text}\``, step, known);
  if (hits.length > 1) return miss(`${parent} has ${hits.length} items \`${step.text}\``, step, []);
  return first;
}

/** Writes steps back as a path. Pure. */
export function formatSteps(steps: readonly PathStep[]): string {
  return steps
    .map((step, at) => (step.isBracketed ? `[${step.text}]` : at === 0 ? step.text : `.${step.text}`))
    .join('');
}

/** What `[id]` picks an item by: its `id`, else its `name`, and a plain text is its own id. */
function idOf(item: unknown): string | undefined {
  if (typeof item === 'string') return item;
  if (!isObject(item)) return undefined;
  const id = item.id ?? item.name;
  return typeof id === 'string' ? id : undefined;
}

function describe(steps: readonly PathStep[]): string {
  return steps.length === 0 ? '`spec`' : `\`${formatSteps(steps)}\``;
}

function miss(reason: string, step: PathStep, candidates: readonly string[]): Miss {
  const known = candidates.map((name) => `\`${name}\``).join(', ');
  const advice = known ? `It has ${known}.` : 'An operation must hit exactly one node; correct the path.';
  return { kind: 'miss', reason, word: step.text, candidates, advice };
}

/** A miss that no step is to blame for. Pure. */
export function missOf(reason: string, word = '', candidates: readonly string[] = []): Miss {
  return miss(reason, { text: word, isBracketed: false }, candidates);
}
