import { Environment, type ParseError } from '@marcbachmann/cel-js';
import { RE2JS } from 're2js';
import type { Predicate, PredicateInput } from '#snapshot';
import { readAbsentKeysAsEmpty } from './cel-absent-keys.ts';
import { CEL_LIMITS, type CelRefusal, findCost, MAX_MACRO_ENTRIES, MAX_SOURCE_LENGTH } from './cel-cost.ts';
import { argumentsOf, type CelNode, calledName, celChildren, celTree, findNode, isComprehension } from './cel-tree.ts';

/** A compiled predicate, or why there is none. */
export type PredicateResult =
  | { readonly kind: 'predicate'; readonly predicate: Predicate }
  | { readonly kind: 'refused'; readonly refusal: CelRefusal };

/** Turns the source of a `when` into a predicate. */
export type PredicateCompiler = (source: string) => PredicateResult;

const REQUEST_FIELDS: Readonly<Record<keyof PredicateInput['request'], 'string' | 'bool' | 'double'>> = {
  endpoint: 'string',
  model: 'string',
  path: 'string',
  stream: 'bool',
  hasTools: 'bool',
  toolCount: 'double',
  images: 'double',
  audio: 'double',
  documents: 'double',
  responseFormat: 'string',
  inputTokens: 'double',
  maxOutputTokens: 'double',
  temperature: 'double',
  bodyBytes: 'double',
  session: 'string',
};

const TEXT_MAP = 'map<string, string>';

/**
 * Makes a compiler for CEL conditions over exactly the fields of `PredicateInput`. Expressions are type-checked, must give a bool, and are refused with
 * `cel/type-error` or `cel/cost`. One compiler serves many expressions. Pure.
 */
export function createPredicateCompiler(): PredicateCompiler {
  const patterns = new Map<string, RE2JS>();
  const environment = createEnvironment((text, pattern) => patterns.get(pattern)?.test(text) ?? false);
  return (source) => {
    if (source.length > MAX_SOURCE_LENGTH) {
      const message = `expression of ${source.length} characters; at most ${MAX_SOURCE_LENGTH} are allowed`;
      return refuse('cel/cost', message, 'Split the route, or move conditions into `match`.', [0, source.length]);
    }
    const checked = checkExpression(environment, source);
    if ('refusal' in checked) return { kind: 'refused', refusal: checked.refusal };
    const pattern = compilePatterns(checked.tree, patterns);
    if (pattern) return { kind: 'refused', refusal: pattern };
    return { kind: 'predicate', predicate: createPredicate(environment, source, checked.tree) };
  };
}

function createEnvironment(re2: (text: string, pattern: string) => boolean): Environment {
  const environment = new Environment({ enableOptionalTypes: true, limits: CEL_LIMITS });
  environment.registerType('Request', { fields: REQUEST_FIELDS });
  environment.registerType('Consumer', { fields: { name: 'string', labels: TEXT_MAP } });
  environment.registerVariable('request', 'Request').registerVariable('consumer', 'Consumer');
  environment.registerVariable('metadata', TEXT_MAP).registerVariable('headers', TEXT_MAP);
  environment.registerFunction('re2(string, string): bool', re2);
  registerMixedNumbers(environment);
  return environment;
}

/** CEL compares doubles with whole literals by `<` but not by `==`, `in` or arithmetic; authors write `request.toolCount == 0`. */
function registerMixedNumbers(environment: Environment): void {
  environment.registerOperator('double == int', (a: number, b: bigint) => a === Number(b));
  environment.registerOperator('double in list<int>', (a: number, list: readonly bigint[]) =>
    list.some((item) => Number(item) === a),
  );
  const arithmetic = {
    '+': (a: number, b: number) => a + b,
    '-': (a: number, b: number) => a - b,
    '*': (a: number, b: number) => a * b,
    '/': (a: number, b: number) => a / b,
  };
  for (const [operator, apply] of Object.entries(arithmetic)) {
    const both = (a: number | bigint, b: number | bigint) => apply(Number(a), Number(b));
    environment.registerOperator(`double ${operator} int: double`, both);
    environment.registerOperator(`int ${operator} double: double`, both);
  }
}

function checkExpression(
  environment: Environment,
  source: string,
): { readonly tree: CelNode } | { readonly refusal: CelRefusal } {
  let tree: CelNode;
  try {
    tree = celTree(environment.parse(source).ast);
  } catch (error) {
    return { refusal: refusalOf(error, source) };
  }
  const cost = findCost(tree);
  if (cost) return { refusal: cost };
  const result = environment.check(source);
  if (!result.valid) return { refusal: refusalOf(result.error, source) };
  if (result.type === 'bool') return { tree };
  return {
    refusal: {
      rule: 'cel/type-error',
      message: `the expression gives ${result.type}, expected bool`,
      hint: 'Compare it with something, as in `request.inputTokens < 4000`.',
      start: 0,
      end: source.length,
    },
  };
}

function refusalOf(error: unknown, source: string): CelRefusal {
  const { code = '', summary = 'not a CEL expression', range } = (error ?? {}) as Partial<ParseError>;
  const start = Math.min(range?.start ?? 0, source.length);
  const isLimit = code.includes('limit') || summary.includes('Exceeded');
  return {
    rule: isLimit ? 'cel/cost' : 'cel/type-error',
    message: summary,
    hint: isLimit
      ? 'Split the route, or move conditions into `match`.'
      : 'Readable are request.*, consumer.name, consumer.labels, metadata and headers.',
    start,
    end: Math.max(range?.end ?? start, start),
  };
}

/** Patterns are compiled now and only from literals, so that no request can bring one. */
function compilePatterns(tree: CelNode, patterns: Map<string, RE2JS>): CelRefusal | null {
  if (calledName(tree) === 're2') {
    const pattern = argumentsOf(tree)[1];
    const at = pattern ?? tree;
    if (pattern?.op !== 'value' || typeof pattern.args !== 'string') {
      const message = 're2 takes its pattern as a literal text';
      return { rule: 'cel/cost', message, hint: "Write re2(request.path, '^/v1/').", start: at.start, end: at.end };
    }
    try {
      patterns.set(pattern.args, RE2JS.compile(pattern.args));
    } catch (error) {
      const message = `not an RE2 pattern: ${error instanceof Error ? error.message : 'unknown error'}`;
      const hint = 'RE2 knows no look-around and no back-references.';
      return { rule: 'cel/type-error', message, hint, start: at.start, end: at.end };
    }
  }
  for (const child of celChildren(tree)) {
    const refusal = compilePatterns(child, patterns);
    if (refusal) return refusal;
  }
  return null;
}

function createPredicate(environment: Environment, source: string, tree: CelNode): Predicate {
  const evaluate = environment.parse(readAbsentKeysAsEmpty(source, tree));
  evaluate.check();
  const hasMacro = findNode(tree, isComprehension) !== undefined;
  return {
    source,
    evaluate(input) {
      try {
        return !(hasMacro && isTooLarge(input)) && evaluate(input) === true;
      } catch {
        // The contract of a predicate: what cannot be evaluated does not hold.
        return false;
      }
    },
  };
}

function isTooLarge({ metadata, headers, consumer }: PredicateInput): boolean {
  return [metadata, headers, consumer.labels].some((map) => Object.keys(map).length > MAX_MACRO_ENTRIES);
}

function refuse(
  rule: CelRefusal['rule'],
  message: string,
  hint: string,
  [start, end]: readonly [number, number],
): PredicateResult {
  return { kind: 'refused', refusal: { rule, message, hint, start, end } };
}
