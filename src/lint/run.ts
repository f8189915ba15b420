import { compareDiagnostics, type Diagnostic, type Fix, type Place, type Span } from '#core';
import { type Compiled, type ParsedPolicies, suggest } from '#policy';
import { BUILTIN_FINDINGS } from './builtin-findings.ts';
import { createContext, type LintContext } from './context.ts';
import type { TrafficEvidence } from './evidence.ts';
import { mergeFindings } from './merge-findings.ts';
import type { Rule } from './rule.ts';
import { RULES } from './rules.ts';
import { FIRST_RULESET, isNewerThan } from './ruleset.ts';
import { applyWaivers, type Found, WAIVER_UNUSED } from './waivers.ts';
import { type WorstCase, worstCasesOf } from './worst-case.ts';

/** What is checked. */
export interface LintInput {
  readonly parsed: ParsedPolicies;
  /** Every environment of the tree: some rules compare them. */
  readonly compiled: readonly Compiled[];
  /** The environments to report on; all when absent. */
  readonly environments?: readonly string[];
  readonly nowMs: number;
  /** What recordings say about one environment, for the rules that need them. */
  readonly evidence?: TrafficEvidence;
  /** When the line of a place was last changed, in ms since 1970, for the rules that need it; null where nobody knows. */
  readonly lineChangedMs?: (place: Place) => number | null;
  /** Whether two secret references (`env:NAME`, `file:PATH`) hold the same value where this runs; absent where no values are at hand. */
  readonly sameSecret?: (a: string, b: string) => boolean;
}

/** What came of it. */
export interface LintResult {
  /** By file, line, column and rule; equal ones of several environments merged. */
  readonly findings: readonly Diagnostic[];
  /** How many findings waivers accepted. */
  readonly waived: number;
  /** The most that one request can do, by environment and route. */
  readonly worstCases: readonly WorstCase[];
}

/**
 * Checks a tree: the findings of reading, linking and compiling, then what the rules find in each environment, less what waivers accept. An
 * environment whose documents do not fit their schemas after its operations is not looked at further. The same list on every machine. Pure.
 */
export function runLint(input: LintInput): LintResult {
  const selected = input.compiled.filter(({ environment }) => input.environments?.includes(environment) ?? true);
  const used = new Set<string>();
  const accepted = new Set<string>();
  const findings: Diagnostic[] = [];
  const contexts: LintContext[] = [];
  for (const compiled of selected) {
    findings.push(...compiled.diagnostics);
    if (hasBrokenShape(compiled, input.parsed)) continue;
    const context = createContext(compiled, input);
    const rules = RULES.filter(({ scope }) => scope !== 'tree' || contexts.length === 0);
    const found = rules.flatMap((rule) => runRule(rule, context));
    const waived = applyWaivers(found, context);
    for (const name of waived.used) used.add(name);
    for (const each of waived.accepted) accepted.add(JSON.stringify(toDiagnostic(each, null)));
    const pinned = context.every('Project')[0]?.spec.ruleset;
    const named = (each: Found): Diagnostic => toDiagnostic(each, isOfTree(each) ? null : context.environment);
    findings.push(
      ...waived.kept.map((each) => (isNewerThan(pinned, each.meta) ? asNews(named(each), pinned) : named(each))),
    );
    contexts.push(context);
  }
  findings.push(...unusedWaivers(contexts, used, selected.length === input.compiled.length));
  return {
    findings: mergeFindings(findings).toSorted(compareDiagnostics),
    waived: accepted.size,
    worstCases: contexts.flatMap(worstCasesOf),
  };
}

/** A document that does not fit its schema after merging and operations makes every statement about it guesswork. */
function hasBrokenShape({ diagnostics }: Compiled, parsed: ParsedPolicies): boolean {
  const known = new Set(parsed.diagnostics);
  return diagnostics.some((diagnostic) => diagnostic.rule.startsWith('schema/') && !known.has(diagnostic));
}

function runRule(rule: Rule, context: LintContext): readonly Found[] {
  return rule.check(context).map((finding) => ({ meta: rule.meta, finding }));
}

/** A rule of a later ruleset than the project pins tells, and fails nothing. */
function asNews(diagnostic: Diagnostic, pinned: string | undefined): Diagnostic {
  const { since = FIRST_RULESET } = RULES.find(({ meta }) => meta.id === diagnostic.rule)?.meta ?? {};
  const message = `${diagnostic.message} (new in ruleset ${since}; the project pins ${pinned})`;
  return { ...diagnostic, severity: 'info', message };
}

function isOfTree({ meta }: Found): boolean {
  return RULES.some((rule) => rule.meta === meta && rule.scope === 'tree');
}

function toDiagnostic({ meta, finding }: Found, environment: string | null): Diagnostic {
  const { at, message, hint, related, witness, fix } = finding;
  return {
    rule: meta.id,
    severity: meta.severity,
    file: at.file,
    line: at.line,
    column: at.column,
    message,
    ...(hint !== undefined && { hint }),
    span: at,
    ...(related && related.length > 0 && { related }),
    ...(witness !== undefined && { witness }),
    ...(fix !== undefined && { fix }),
    ...(environment !== null && { environments: [environment] }),
  };
}

/** The document that names itself at a place goes. */
function removalOf(at: Span): Fix {
  return { title: 'remove the waiver', edits: [{ kind: 'remove', at, what: 'document' }] };
}

/** Survivors of `test --mutate` and gates of `dry-run` are waived too; only those verbs can tell whether there are any. */
const OF_OTHER_VERBS = /^(test|dry-run|gates?)\//;

/** Only a look at all environments can tell that a waiver covers nothing. */
function unusedWaivers(
  contexts: readonly LintContext[],
  used: ReadonlySet<string>,
  isWhole: boolean,
): readonly Diagnostic[] {
  if (!isWhole) return [];
  const rules = new Set([...RULES.map(({ meta }) => meta.id), ...BUILTIN_FINDINGS.map(({ id }) => id)]);
  return contexts.flatMap((context) =>
    context
      .every('Waiver')
      .filter(({ name, spec }) => !used.has(name) && spec.reason && context.unreadKinds.size === 0)
      .filter(({ spec }) => !OF_OTHER_VERBS.test(spec.rule))
      .filter(({ spec }) => !(Date.parse(String(spec.expires)) <= context.nowMs))
      .map((waiver) => {
        const isKnown = rules.has(waiver.spec.rule);
        const meant = suggest(waiver.spec.rule, rules);
        const finding = isKnown
          ? {
              message: `waiver \`${waiver.name}\` covers no finding in any environment`,
              hint: 'Remove it, or correct its `subject`.',
              fix: removalOf(waiver.atName()),
            }
          : {
              message: `waiver \`${waiver.name}\` names the rule \`${waiver.spec.rule}\`, which this version does not have`,
              hint: meant === undefined ? 'Rules are listed in docs/lint/README.md.' : `Did you mean \`${meant}\`?`,
            };
        const at = isKnown ? waiver.at('subject') : waiver.at('rule');
        return toDiagnostic({ meta: WAIVER_UNUSED, finding: { at, subject: waiver.key, ...finding } }, null);
      }),
  );
}
