import type { Fix, RelatedPlace, Severity, Span } from '#core';
import type { LintContext } from './context.ts';

/** What a rule is, for its page, for reports and for `lint --explain`. */
export interface RuleMeta {
  /** `area/name`; never changes once released. */
  readonly id: string;
  readonly severity: Severity;
  /** One line: when it fires. */
  readonly summary: string;
  /** What goes wrong in production without it. */
  readonly why: string;
  /** YAML that makes it fire, and YAML that does not. */
  readonly bad: string;
  readonly good: string;
  /** What it goes by beside the documents: its thresholds; absent when there is nothing to say. */
  readonly options?: string;
  /** YAML of its thresholds as a Project may set them in `lint`; absent when none can be set. */
  readonly set?: string;
  /** What `lint --fix` does about it; absent when a person has to decide. */
  readonly fix?: string;
  /** When a waiver is sensible; absent when it is not. */
  readonly waive?: string;
  /** `traffic` for a rule that says nothing without a recording. */
  readonly needs?: 'traffic';
  /** The ruleset that brought it, by its month; absent for the first one. */
  readonly since?: string;
}

/** One thing a rule found. */
export interface RuleFinding {
  /** Where: the referring line of a relation, the innermost existing item of an absence. */
  readonly at: Span;
  /** `Kind/name` of the document it is about: what a waiver names. */
  readonly subject: string;
  readonly message: string;
  readonly hint?: string;
  readonly related?: readonly RelatedPlace[];
  /** What removes it, where only one thing can; the rule's `meta.fix` says so on its page. */
  readonly fix?: Fix;
  /** A request that shows it. */
  readonly witness?: object;
}

/** A rule looks at one environment and returns what it found there. Pure. */
export interface Rule {
  readonly meta: RuleMeta;
  /** `tree` when what it finds does not depend on the environment: it then runs once. */
  readonly scope?: 'tree';
  readonly check: (context: LintContext) => readonly RuleFinding[];
}
