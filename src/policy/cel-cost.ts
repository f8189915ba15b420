import {
  argumentsOf,
  type CelNode,
  calledName,
  celChildren,
  findNode,
  isComprehension,
  receiverOf,
} from './cel-tree.ts';

/** Why an expression is refused, with the characters of it that are to blame. */
export interface CelRefusal {
  readonly rule: 'cel/type-error' | 'cel/cost';
  readonly message: string;
  readonly hint: string;
  readonly start: number;
  readonly end: number;
}

/**
 * What one evaluation may take: the engine has no step budget, so every shape whose cost is more than (size of the expression × size of one input)
 * is refused when it is compiled. Measured: within these limits the dearest expression takes well under a millisecond on 100 headers.
 */
export const CEL_LIMITS = Object.freeze({
  maxAstNodes: 400,
  maxDepth: 24,
  maxListElements: 200,
  maxMapEntries: 50,
  maxCallArguments: 8,
});

/** The longest expression, in characters. */
export const MAX_SOURCE_LENGTH = 4000;

/** The most entries of `metadata`, `headers` or `consumer.labels` that a macro runs over. */
export const MAX_MACRO_ENTRIES = 1000;

const REGEX_HINT = "Use startsWith, contains or endsWith, or re2(text, 'pattern'), which runs in linear time.";

/** Functions whose cost cannot be bounded here: backtracking, lists as long as a text, values that double at each step. */
const REFUSED_FUNCTIONS: Readonly<Record<string, string>> = {
  matches: REGEX_HINT,
  split: 'Use contains, startsWith or indexOf.',
  join: 'Compare the parts one by one.',
  json: 'Put the value into x-signalbox-metadata and read it as `metadata.key`.',
  bind: 'Write the value out where it is needed.',
  optMap: 'Use `metadata.key == "value"`; an absent key reads as an empty text.',
  optFlatMap: 'Use `metadata.key == "value"`; an absent key reads as an empty text.',
};

/** The first thing in a parsed expression that could cost too much, or null. Pure. */
export function findCost(tree: CelNode): CelRefusal | null {
  const refused = findNode(tree, (node) => Object.hasOwn(REFUSED_FUNCTIONS, calledName(node) ?? ''));
  if (refused) {
    const name = calledName(refused) ?? '';
    return cost(refused, `\`${name}\` is not allowed in \`when\``, REFUSED_FUNCTIONS[name] ?? '');
  }
  return findNestedMacro(tree, false);
}

function findNestedMacro(node: CelNode, isInside: boolean): CelRefusal | null {
  if (isComprehension(node)) {
    if (isInside) {
      return cost(
        node,
        `macro \`${calledName(node)}\` inside another macro`,
        'Write the inner condition without a macro.',
      );
    }
    const receiver = receiverOf(node);
    const chained =
      calledName(node) === 'map' && receiver && findNode(receiver, (below) => calledName(below) === 'map');
    if (chained) return cost(chained, '`map` on the result of another `map`', 'Put both steps into one `map`.');
  }
  const inner = isComprehension(node) ? new Set(argumentsOf(node)) : null;
  for (const child of celChildren(node)) {
    const found = findNestedMacro(child, isInside || inner?.has(child) === true);
    if (found) return found;
  }
  return null;
}

function cost(node: CelNode, message: string, hint: string): CelRefusal {
  return { rule: 'cel/cost', message, hint, start: node.start, end: node.end };
}
