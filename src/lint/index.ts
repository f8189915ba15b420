export { BUILTIN_FINDINGS, type BuiltinFinding } from './builtin-findings.ts';
export { UNENFORCED, type Unenforced } from './enforcement.ts';
export { findPage, type LintPage, lintPages } from './pages.ts';
export type { Rule, RuleFinding, RuleMeta } from './rule.ts';
export { RULES } from './rules.ts';
export { type LintInput, type LintResult, runLint } from './run.ts';
export { secretShape } from './secret-shape.ts';
export { WAIVER_EXPIRED, WAIVER_UNUSED } from './waivers.ts';
