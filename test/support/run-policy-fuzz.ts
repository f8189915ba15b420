import { loadCatalog } from '#catalog';
import type { Diagnostic } from '#core';
import { runLint } from '#lint';
import { compileEnvironment, formatPolicies, loadPolicies, parsePolicies } from '#policy';
import { mutatePolicy } from './mutate-policy.ts';

/** One input that showed a fault of ours. */
export interface PolicyFuzzFailure {
  readonly seed: number;
  readonly what: string;
}

/** What a run found. */
export interface PolicyFuzzRun {
  readonly inputs: number;
  /** Inputs that compiled without an error: that the inputs are no noise. */
  readonly served: number;
  readonly refused: number;
  readonly slowestMs: number;
  readonly slowestSeed: number;
  readonly failures: readonly PolicyFuzzFailure[];
}

/** Longer than this for one tree is a hang. A whole unbroken tree takes a hundredth of it. */
const HANG_MS = 10_000;
const OTHERS = /^tests\/(?:development|staging)\./;
const NOW_MS = Date.UTC(2026, 0, 15);

/**
 * Breaks one file of a tree at a time, then parses, compiles, lints and formats it. A fault is whatever throws, takes ten seconds, or finds an error without
 * saying in which file, line and column. Effects: reads the folder.
 */
export async function runPolicyFuzz(
  folder: string,
  firstSeed: number,
  count: number,
  onInput?: (inputs: number) => void,
): Promise<PolicyFuzzRun> {
  // One environment is compiled, and tests of another would say so each time.
  const sources = (await loadPolicies(folder)).sources.filter(({ file }) => !OTHERS.test(file));
  const catalog = loadCatalog();
  const failures: PolicyFuzzFailure[] = [];
  let [served, refused, slowestMs, slowestSeed] = [0, 0, 0, firstSeed];
  for (let seed = firstSeed; seed < firstSeed + count; seed++) {
    const target = seed % sources.length;
    const { file, bytes } = sources[target] as (typeof sources)[number];
    const broken = mutatePolicy(bytes, seed);
    const what = `${file} (${broken.ways.join(', ')})`;
    const startedMs = performance.now();
    try {
      const parsed = parsePolicies(sources.map((each, at) => (at === target ? { file, bytes: broken.bytes } : each)));
      const compiled = compileEnvironment(parsed, 'production', catalog);
      const linted = runLint({ parsed, compiled: [compiled], nowMs: NOW_MS });
      formatPolicies(Buffer.from(broken.bytes).toString('utf8'), file);
      const found: Diagnostic[] = [...parsed.diagnostics, ...compiled.diagnostics, ...linted.findings];
      // Counted once a file: a broken one has thousands of findings, and the time is to be ours alone.
      const linesOf = new Map([...parsed.texts].map(([name, text]) => [name, text.split('\n').length]));
      for (const each of found) {
        const lines = linesOf.get(each.file) ?? 1;
        if (each.message !== '' && each.file !== '' && each.line >= 1 && each.line <= lines && each.column >= 1)
          continue;
        failures.push({ seed, what: `${what}: ${each.rule} says no place: ${each.file}:${each.line}:${each.column}` });
      }
      if (found.some(({ severity }) => severity === 'error')) refused++;
      else served++;
    } catch (error) {
      failures.push({ seed, what: `${what}: ${(error as Error).stack}` });
    }
    const tookMs = performance.now() - startedMs;
    if (tookMs > slowestMs) [slowestMs, slowestSeed] = [tookMs, seed];
    if (tookMs > HANG_MS) failures.push({ seed, what: `${what}: took ${Math.round(tookMs)} ms` });
    onInput?.(seed - firstSeed + 1);
  }
  return { inputs: count, served, refused, slowestMs, slowestSeed, failures };
}
