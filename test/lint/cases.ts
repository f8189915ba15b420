import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadCatalog } from '#catalog';
import type { Diagnostic } from '#core';
import { type LintResult, runLint, type TrafficEvidence } from '#lint';
import { compileEnvironment, listEnvironments, parsePolicies } from '#policy';
import { inlineSources } from '../support/compile-inline.ts';

const catalog = loadCatalog();
const folder = join(import.meta.dirname, 'cases');

/** The day on which every case is looked at. */
export const NOW_MS = Date.parse('2026-11-25T12:00:00Z');

/** Lints files as the command does: every environment compiled, all of them reported on unless some are named. */
export function lintFiles(
  files: Readonly<Record<string, string>>,
  environments?: readonly string[],
  evidence?: TrafficEvidence,
): LintResult {
  const parsed = parsePolicies(inlineSources(files));
  const compiled = listEnvironments(parsed).map((environment) => compileEnvironment(parsed, environment, catalog));
  return runLint({
    parsed,
    compiled,
    nowMs: NOW_MS,
    lineChangedMs: ({ file, line }) => changedMs(files[file]?.split('\n')[line - 1]),
    ...(environments && { environments }),
    ...(evidence && { evidence }),
  });
}

const usd = (amount: number): number => amount * 1_000_000;
/** What a recording of ten days says in the cases of the rules that need one. */
export const EVIDENCE: TrafficEvidence = {
  environment: 'development',
  records: 1000,
  days: 10,
  routes: new Map([['busy', 900]]),
  budgets: new Map(
    ['wide', 'tight', 'fitting'].map((name) => [name, Array.from({ length: 10 }, (_, day) => usd(8 + day))]),
  ),
  caches: new Map([
    ['short', { lookups: 500, hits: 3 }],
    ['warm', { lookups: 500, hits: 100 }],
  ]),
  alerts: new Map([
    ['quiet', 0],
    ['noisy', 120],
    ['useful', 3],
  ]),
};

/** Every line is from September, unless a comment says `# changed: 2026-11-20`. */
function changedMs(line = ''): number {
  return Date.parse(/# changed: (\S+)/.exec(line)?.[1] ?? '2026-09-01');
}

/** Names of the case folders: a rule's id with a dash for the slash. */
export function caseNames(): readonly string[] {
  return readdirSync(folder).sort();
}

/** The trees of one side of a case: each file alone, together with `others.yaml`, which holds what they refer to. */
export function caseTrees(name: string, side: 'bad' | 'good'): readonly Readonly<Record<string, string>>[] {
  const directory = join(folder, name, side);
  const read = (file: string): string => readFileSync(join(directory, file), 'utf8');
  const files = readdirSync(directory).sort();
  const others = files.includes('others.yaml') ? { 'others.yaml': read('others.yaml') } : {};
  return files.filter((file) => file !== 'others.yaml').map((file) => ({ [file]: read(file), ...others }));
}

/** `file:line rule` of every `# expect: rule` comment, in order. */
export function expectedIn(files: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(files)
    .flatMap(([file, text]) =>
      text.split('\n').flatMap((line, at) => {
        const rule = /# expect: (\S+)/.exec(line)?.[1];
        return rule === undefined ? [] : [`${file}:${at + 1} ${rule}`];
      }),
    )
    .sort();
}

/** `file:line rule` of findings, each place once, in order. */
export function placesOf(findings: readonly Diagnostic[]): readonly string[] {
  return [...new Set(findings.map(({ file, line, rule }) => `${file}:${line} ${rule}`))].sort();
}
