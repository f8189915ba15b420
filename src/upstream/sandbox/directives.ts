import { parseDuration } from '#core';
import type { SandboxRequest } from './sandbox-wire.ts';

/** What the sandbox shall do with one attempt; made of the directives that aim at it. */
export interface Behaviour {
  /** Answer with this status instead. */
  readonly fail: number | null;
  /** Answer 429 and ask to wait so long; null for no rate limit. */
  readonly rateLimitMs: number | null;
  /** Wait before the first token, and before each further word. */
  readonly slowMs: number;
  readonly paceMs: number;
  /** Cut the connection, send an error event, or fall silent after that many words of a stream. */
  readonly cutAfter: number | null;
  readonly errorAfter: number | null;
  readonly hangAfter: number | null;
  /** Length of the answer in words, in place of the echo. */
  readonly words: number | null;
  readonly flags: ReadonlySet<Flag>;
}

export type Flag = (typeof FLAGS)[number];

const FLAGS = [
  'malformed',
  'html',
  'empty',
  'hang',
  'reset',
  'context-overflow',
  'content-filter',
  'no-usage',
  'json',
  'stream',
  'tool',
] as const;

/** A directive nobody knows: said by name, so that a typing error is seen at once. */
export interface DirectiveProblem {
  readonly problem: string;
}

const FIGURES = ['cut-after', 'error-after', 'hang-after', 'words'] as const;
const DIRECTIVE = /^(?:@(\d+)\s+)?([a-z-]+)(?::(\S+))?(?:\s+x(\d+))?$/;

/**
 * Reads the directives of one attempt from the caller's metadata: `sandbox` holds those for every sandbox target,
 * `sandbox@chain/target` those for one. Directives are separated by commas; ` xN` after one aims it at the first N attempts,
 * `@N ` before one at the Nth alone. Pure.
 *
 *     "fail:503 x2, slow:300ms"     two failures, then a slow answer
 *     "@1 rate-limit:2s"            the first attempt is told to wait two seconds
 */
export function readBehaviour(from: SandboxRequest): Behaviour | DirectiveProblem {
  const everywhere = parse(from.metadata.sandbox ?? '', from.attempt);
  if ('problem' in everywhere) return everywhere;
  const here = parse(from.metadata[`sandbox@${from.target}`] ?? '', from.attemptAtTarget);
  if ('problem' in here) return here;
  const all = new Map([...everywhere.found, ...here.found]);
  return {
    fail: figure(all.get('fail')),
    rateLimitMs: all.has('rate-limit') ? duration(all.get('rate-limit'), 1000) : null,
    slowMs: duration(all.get('slow'), 0),
    paceMs: duration(all.get('pace'), 0),
    cutAfter: figure(all.get('cut-after')),
    errorAfter: figure(all.get('error-after')),
    hangAfter: figure(all.get('hang-after')),
    words: figure(all.get('words')),
    flags: new Set(FLAGS.filter((flag) => all.has(flag))),
  };
}

function parse(text: string, attempt: number): { readonly found: ReadonlyMap<string, string> } | DirectiveProblem {
  const found = new Map<string, string>();
  for (const part of text.split(/[,;]/).map((item) => item.trim())) {
    if (part === '') continue;
    const match = DIRECTIVE.exec(part);
    const [, only, name = '', value = '', first] = match ?? [];
    const problem = match === null ? problemOf(part) : problemWith(name, value);
    if (problem !== null) return { problem };
    if (only !== undefined && attempt !== Number(only)) continue;
    if (first !== undefined && attempt > Number(first)) continue;
    found.set(name, value);
  }
  return { found };
}

function problemWith(name: string, value: string): string | null {
  if (name === 'fail')
    return /^[45]\d\d$/.test(value) ? null : '`fail` takes a status from 400 to 599, such as fail:503';
  if (name === 'rate-limit') return value === '' || parseDuration(value) !== null ? null : needsDuration(name);
  if (name === 'slow' || name === 'pace') return parseDuration(value) === null ? needsDuration(name) : null;
  if (FIGURES.some((known) => known === name))
    return /^\d{1,6}$/.test(value) ? null : `\`${name}\` takes a number of words`;
  if (FLAGS.some((known) => known === name)) return value === '' ? null : `\`${name}\` takes no value`;
  return problemOf(name);
}

function needsDuration(name: string): string {
  return `\`${name}\` takes a duration, such as ${name}:500ms`;
}

function problemOf(part: string): string {
  const known = ['fail', 'rate-limit', 'slow', 'pace', ...FIGURES, ...FLAGS].join(', ');
  return `\`${part.slice(0, 40)}\` is no directive of the sandbox; it knows ${known}`;
}

function figure(value: string | undefined): number | null {
  return value === undefined ? null : Number(value);
}

function duration(value: string | undefined, otherwise: number): number {
  return parseDuration(value ?? '') ?? otherwise;
}
