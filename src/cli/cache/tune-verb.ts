import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { type Facets, facetsOf, findDifference, type ThresholdLine, type Tuning, tuneThreshold } from '#cache';
import { parseShare } from '#core';
import { textOption } from '../options.ts';
import { UsageError } from '../usage-error.ts';
import type { ExitCode, VerbCall } from '../verb.ts';
import { whyUnreadable } from '../why-unreadable.ts';
import { localTexts, serverTexts, type TextEmbedder } from './embed-texts.ts';
import { type Pair, readPairs } from './read-pairs.ts';

const ALL = ['numbers', 'negation', 'names', 'units', 'language'] as const;
const STEP = 64;
const LEAST_PAIRS = 50;

/** `signalbox cache tune`: precision and recall of thresholds over judged pairs, by language, and the lowest one to take; exit code 1 where there is none. */
export async function tuneVerb(call: VerbCall): Promise<ExitCode> {
  const { options, terminal } = call;
  const file = textOption(options.pairs);
  if (file === undefined) throw new UsageError('cache tune names no pairs', 'signalbox cache tune --pairs pairs.jsonl');
  const precision = parseShare(textOption(options.precision) ?? '97%');
  if (precision === null || precision > 1) throw new UsageError('--precision is no share such as 97%');
  const pairs = readPairs(await readText(file), file);
  if (pairs.length === 0) throw new UsageError(`${file} holds no pair`);
  const server = textOption(options.server);
  const model = textOption(options.model);
  if (server !== undefined && model === undefined) throw new UsageError('--server needs --model');
  const embedder =
    server === undefined ? localTexts() : serverTexts(server, model ?? '', terminal.env.EMBEDDINGS_API_KEY);
  try {
    const judged = await judge(pairs, embedder, (done, all) => {
      if (terminal.isErrorTerminal) terminal.err(`\r${done} of ${all} texts embedded`);
    });
    const byLanguage = Map.groupBy(judged, languageNames(judged));
    let isFound = true;
    const results = [...byLanguage].map(([language, list]) => ({ language, tuning: tuneThreshold(list, precision) }));
    if (options.format === 'json') {
      const name = server === undefined ? 'local/en' : model;
      terminal.out(`${JSON.stringify({ embedder: name, precision, languages: results }, null, 2)}\n`);
      return results.every(({ tuning }) => tuning.proposal !== null) ? 0 : 1;
    }
    for (const { language, tuning } of results) {
      terminal.out(`${describe(language, tuning, precision)}\n`);
      isFound &&= tuning.proposal !== null;
    }
    return isFound ? 0 : 1;
  } finally {
    await embedder.close();
  }
}

/** A handful of pairs of a language proves nothing about it: they stand together. */
function languageNames(judged: readonly Judged[]): (pair: Judged) => string {
  const counts = Map.groupBy(judged, ({ language }) => language);
  return ({ language }) => ((counts.get(language)?.length ?? 0) < LEAST_PAIRS ? 'other' : language);
}

interface Judged {
  readonly language: string;
  readonly similarity: number;
  readonly differs: boolean;
  readonly isSame: boolean;
}

async function judge(
  pairs: readonly Pair[],
  embedder: TextEmbedder,
  onStep: (done: number, all: number) => void,
): Promise<readonly Judged[]> {
  const texts = [...new Set(pairs.flatMap(({ a, b }) => [a, b]))];
  const known = new Map<string, { readonly vector: Float32Array; readonly facets: Facets }>();
  for (let at = 0; at < texts.length; at += STEP) {
    const some = texts.slice(at, at + STEP);
    const vectors = await embedder.embed(some);
    for (const [n, text] of some.entries()) {
      known.set(text, { vector: vectors[n] ?? new Float32Array(0), facets: facetsOf(text) });
    }
    onStep(Math.min(texts.length, at + STEP), texts.length);
  }
  return pairs.flatMap(({ a, b, isSame }) => {
    const [one, other] = [known.get(a), known.get(b)];
    if (one === undefined || other === undefined) return [];
    const differs = findDifference(one.facets, other.facets, ALL) !== null;
    return [{ language: one.facets.language, similarity: cosine(one.vector, other.vector), differs, isSame }];
  });
}

function cosine(a: Float32Array, b: Float32Array): number {
  let [dot, lengthA, lengthB] = [0, 0, 0];
  for (const [i, value] of a.entries()) {
    const other = b[i] ?? 0;
    dot += value * other;
    lengthA += value * value;
    lengthB += other * other;
  }
  return lengthA === 0 || lengthB === 0 ? 0 : dot / Math.sqrt(lengthA * lengthB);
}

function describe(language: string, { pairs, same, lines, proposal }: Tuning, precision: number): string {
  const head = `${language}: ${pairs} pairs, ${same} the same\n\nthreshold    hits  precision  recall   without the guard: hits  precision  recall`;
  const rows = lines.filter((line, at) => at % 5 === 0 || line === proposal || line.threshold >= 0.95).map(row);
  const verdict =
    proposal === null
      ? `none keeps ${percent(precision)}: run in shadow`
      : `threshold: ${proposal.threshold.toFixed(2)}   # ${percent(proposal.precision)} of its hits are right, it finds ${percent(proposal.recall)} of what is the same`;
  return `${head}\n${rows.join('\n')}\n\n${verdict}\n`;
}

function row(line: ThresholdLine): string {
  const guarded = `${pad(line.hits, 7)}${pad(percent(line.precision), 11)}${pad(percent(line.recall), 8)}`;
  const plain = `${pad(line.plainHits, 26)}${pad(percent(line.plainPrecision), 11)}${pad(percent(line.plainRecall), 8)}`;
  return `${line.threshold.toFixed(2).padStart(9)} ${guarded}${plain}`;
}

function pad(value: string | number, width: number): string {
  return String(value).padStart(width);
}

function percent(share: number | null): string {
  return share === null ? '–' : `${(100 * share).toFixed(1)}%`;
}

async function readText(file: string): Promise<string> {
  try {
    const bytes = await readFile(file);
    return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  } catch (cause) {
    throw new UsageError(`${file} cannot be read: ${whyUnreadable(cause)}`, null, { cause });
  }
}
