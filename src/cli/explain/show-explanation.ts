import { ERRORS, formatMoney, type Place } from '#core';
import type { ExplainedBudget, ExplainedTarget, Explanation, RequestFacts } from '#decision';
import { createPaint, type Paint } from '../report/colours.ts';
import type { Look } from '../report/report.ts';
import { safeText } from '../report/safe-text.ts';
import { wrap } from '../report/wrap.ts';
import { showValue } from '../test/show-value.ts';
import type { RecordComparison } from './explain-record.ts';
import type { TargetLosses } from './find-losses.ts';

/** Everything an explanation shows. */
export interface Explained {
  readonly request: RequestFacts;
  readonly environment: string;
  readonly revision: string;
  readonly explanation: Explanation;
  /** What the reader should know beside it, in plain words. */
  readonly remarks: readonly string[];
  readonly record: RecordComparison | null;
  /** What of the request targets of another dialect do not take; only where its body is at hand. */
  readonly losses?: readonly TargetLosses[];
}

/** How it is shown: files relative to where the user is. */
export interface ExplainLook extends Look {
  readonly pathOf: (file: string) => string;
}

const MAX_RIVALS = 12;

/** An explanation for people: the verdict first, then each target with its gate, budgets, and why other routes lost. Pure. */
export function showExplanation(explained: Explained, look: ExplainLook): string {
  const { explanation, record, remarks } = explained;
  const page = createPage(look);
  const blocks = [
    showRequest(explained, page),
    ...(record === null ? [] : [showRecord(record, explained, page)]),
    showVerdict(explanation, page),
    ...(explanation.whyNot === undefined ? [] : [showWhyNot(explanation.whyNot, page)]),
    showTargets(explanation, page),
    showLosses(explained.losses ?? [], page),
    showCalls(explanation, page),
    showBudgets(explanation.budgets, page),
    showRivals(explanation, page),
    remarks.map((remark) => page.paint('dim', wrap(safeText(remark), look.columns, ''))).join('\n'),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

interface Page {
  readonly paint: Paint;
  readonly columns: number;
  /** A line with its place: behind it where both fit, else below. */
  readonly placed: (text: string, at: Partial<Place> | null, indent: string) => string;
}

function createPage({ hasColours, columns, pathOf }: ExplainLook): Page {
  const paint = createPaint(hasColours);
  const placed = (text: string, at: Partial<Place> | null, indent: string): string => {
    const lines = wrap(safeText(text), columns, `${indent}  `).replace(/^ {2}/, '').split('\n');
    if (at?.file === undefined || at.file === '') return lines.join('\n');
    const place = `${safeText(pathOf(at.file))}:${at.line}`;
    const last = lines.at(-1) ?? '';
    const room = columns - last.length - 2 - place.length;
    if (room < 0) return [...lines, `${indent}  ${paint('place', place)}`].join('\n');
    return [...lines.slice(0, -1), `${last}${' '.repeat(room + 2)}${paint('place', place)}`].join('\n');
  };
  return { paint, columns, placed };
}

function showRequest({ request, environment, revision }: Explained, { paint, columns }: Page): string {
  const { endpoint, model, consumer, path, inputTokens, maxOutputTokens } = request;
  const who = consumer === '' ? 'nobody known' : consumer;
  const what = `${endpoint}${model === '' ? '' : ` ${model}`} at ${path}, by ${who}`;
  const size = `${inputTokens} tokens in${maxOutputTokens === null ? '' : `, at most ${maxOutputTokens} out`}`;
  const traits = Object.entries(request.metadata).map(([key, value]) => `${key}=${value}`);
  const lines = [
    paint('strong', wrap(safeText(what), columns, '')),
    paint('dim', wrap(safeText([size, ...traits].join(', ')), columns, '  ')),
    paint('dim', `  in ${safeText(environment)}, revision ${revision}`),
  ];
  return lines.join('\n');
}

function showRecord(record: RecordComparison, { revision }: Explained, { paint, columns }: Page): string {
  const lines = [`Record ${safeText(record.id)} of ${safeText(record.at)}`];
  if (record.isSameRevision) lines.push(`  ${paint('good', '✔')} decided by these same policies`);
  else
    lines.push(
      `  ${paint('warn', '!')} decided by revision ${safeText(record.revision ?? 'unknown')}, not by ${revision}`,
    );
  if (record.changes.length === 0) lines.push('  The recorded facts give the recorded decision.');
  else {
    lines.push(
      record.isSameRevision
        ? paint('error', '  The recorded facts no longer give the recorded decision:')
        : '  With the recorded facts this comes out differently now:',
    );
    for (const { field, recorded, now } of record.changes) {
      lines.push(
        `    ${field}`,
        wrap(`then ${safeText(showValue(recorded))}`, columns, '      '),
        wrap(`now  ${safeText(showValue(now))}`, columns, '      '),
      );
    }
  }
  const { dropped = [], request = [], answer = [] } = record.lost ?? {};
  for (const [what, names] of [
    ['the target could not express, and the route let go', dropped],
    ['left out of the request without changing what it asks', request],
    ['the caller could not be told of the answer', answer],
  ] as const) {
    if (names.length > 0) lines.push(wrap(`${what}: ${safeText(names.join(', '))}`, columns, '  '));
  }
  for (const problem of record.problems ?? []) lines.push(paint('warn', wrap(safeText(problem), columns, '  ')));
  if (record.missing.length > 0) {
    lines.push(
      paint('warn', wrap(`The record lacks ${record.missing.join(', ')}: what follows guesses there.`, columns, '  ')),
    );
  }
  return lines.join('\n');
}

/** What a target's dialect does not take of the request, and what becomes of that. */
function showLosses(losses: readonly TargetLosses[], { paint, columns }: Page): string {
  if (losses.length === 0) return '';
  const lines = [paint('strong', 'Lost on the way')];
  for (const { target, dialect, unsupported, hints, policy } of losses) {
    lines.push(`  ${safeText(target)} speaks ${dialect}`);
    if (unsupported.length > 0) {
      const text = `cannot express ${safeText(unsupported.join(', '))}: ${policy === 'drop' ? 'left out' : 'the target is passed over'} (unsupportedParams: ${policy})`;
      lines.push(wrap(text, columns, '    '));
    }
    if (hints.length > 0) {
      lines.push(
        wrap(`leaves out ${safeText(hints.join(', '))}, which changes nothing about what is asked`, columns, '    '),
      );
    }
  }
  return lines.join('\n');
}

function showVerdict(explanation: Explanation, page: Page): string {
  const { paint, placed, columns } = page;
  const { decision, route, chain, origin, target, cost, notes, fallback, calls, cache } = explanation;
  const isAnswered = decision.allowed && decision.code === null;
  const mark = isAnswered ? paint('good', '✔') : paint('error', '✖');
  const at = (index: number): Place | null => origin[index] ?? null;
  if (!decision.allowed) {
    const last = origin.at(-1) ?? null;
    const hint = secretHint(explanation) ?? hintOf(decision.code);
    return [
      `${mark} ${paint('error', `refused: ${decision.status} ${decision.code ?? ''}`)}`,
      ...(decision.reason === null ? [] : [placed(decision.reason, last, '  ')]),
      ...(route === null ? [] : [placed(`by route ${route}`, origin.length > 1 ? at(0) : null, '  ')]),
      ...(hint === null ? [] : [paint('dim', wrap(`hint: ${hint}`, columns, '  '))]),
    ].join('\n');
  }
  const lines = [placed(`route ${route ?? 'none'}`, at(0), '  ')];
  if (chain !== null) lines.push(placed(`chain ${chain}`, at(1), '  '));
  const verb = calls.length > 0 ? 'answered by' : 'first target';
  lines.push(
    placed(`${verb} ${target ?? 'none'}${fallback === null ? '' : `, as a fallback (${fallback})`}`, null, '  '),
  );
  const price =
    cost === null ? 'cost unknown: a price is missing' : calls.length > 0 ? `cost ${cost}` : `costs at most ${cost}`;
  lines.push(placed(price, null, '  '));
  if (cache !== null) {
    const { file, line } = cache;
    const place = file === undefined || line === undefined ? null : { file, line };
    lines.push(placed(cacheText(cache), place, '  '));
  }
  if (decision.reason !== null) lines.push(placed(decision.reason, null, '  '));
  lines.push(...promptLines(explanation, placed));
  for (const note of notes) lines.push(placed(note.text, note.at, '  '));
  const head = isAnswered ? paint('good', 'allowed') : paint('error', `${decision.status} ${decision.code ?? ''}`);
  return [`${mark} ${head}`, ...lines].join('\n');
}

/** What a model is called and told that the caller did not say, each with its line. */
function promptLines({ alias, prompt }: Explanation, placed: Page['placed']): readonly string[] {
  const lines: string[] = [];
  if (alias !== null) {
    lines.push(placed(`model ${alias.alias} means ${alias.model} for consumer ${alias.consumer}`, alias, '  '));
  }
  for (const side of ['prepend', 'append'] as const) {
    const text = prompt?.[side] ?? null;
    if (text !== null) lines.push(placed(`${side}s to the instructions: ${JSON.stringify(text.text)}`, text, '  '));
  }
  for (const variable of prompt?.variables ?? []) {
    lines.push(placed(`{{${variable.name}}} is "${variable.text}", by ${variable.from}`, variable, '  '));
  }
  const trim = prompt?.trim ?? null;
  if (trim?.left === null) lines.push(placed(`leaves out old turns above ${trim.to} input tokens`, trim, '  '));
  return lines;
}

function cacheText({ cache, mode, applies, text }: NonNullable<Explanation['cache']>): string {
  if (mode === 'off') return `cache ${cache} is off`;
  return applies ? `cache ${cache} (${mode}), apart for each ${text}` : `cache ${cache} leaves this request out`;
}

/** The one cause that the reader can do away with at once. */
function secretHint({ decision, attempts }: Explanation): string | null {
  if (decision.code !== 'chain_exhausted' || !attempts.every(({ gate }) => gate === 'secret-missing')) return null;
  const ids = new Set(attempts.map(({ detail }) => detail?.replace(/^env:/, '')));
  return `Set one of ${[...ids].join(', ')} where the gateway runs; here they are read from this shell.`;
}

function hintOf(code: string | null): string | null {
  return code !== null && Object.hasOwn(ERRORS, code) ? ERRORS[code as keyof typeof ERRORS].hint : null;
}

function showWhyNot(whyNot: NonNullable<Explanation['whyNot']>, { paint, placed }: Page): string {
  return `${paint('strong', `Why not ${safeText(whyNot.route)}`)}\n${placed(whyNot.lost, whyNot, '  ')}`;
}

function showTargets({ attempts }: Explanation, { paint, placed }: Page): string {
  if (attempts.length === 0) return '';
  const width = Math.max(...attempts.map(({ target }) => target.length));
  let place = 0;
  const lines = attempts.map((attempt) => {
    const isReady = attempt.gate === 'admitted';
    if (isReady) place++;
    const line = placed(
      `${isReady ? place : '-'} ${attempt.target.padEnd(width)}  ${gateText(attempt)}`.replaceAll(/ {2,}/g, (blanks) =>
        '\u00a0'.repeat(blanks.length),
      ),
      attempt,
      '  ',
    ).replaceAll('\u00a0', ' ');
    return isReady ? line : paint('dim', line);
  });
  return [paint('strong', 'Targets, in the order in which they are tried'), ...lines].join('\n');
}

function gateText({ gate, detail }: ExplainedTarget): string {
  if (gate === 'admitted') return 'ready';
  return detail === null ? gate : `${gate}: ${detail}`;
}

function showCalls({ calls }: Explanation, { paint, columns }: Page): string {
  if (calls.length === 0) return '';
  const lines = calls.map(({ target, outcome, status, via, waitMs, startedMs, endedMs }) => {
    const how = via === 'first' ? '' : `, ${via}${waitMs > 0 ? ` after ${Math.round(waitMs)} ms` : ''}`;
    const text = `${target} ${outcome}${status === null ? '' : ` (${status})`}, ${Math.round(endedMs - startedMs)} ms${how}`;
    return wrap(safeText(text), columns, '  ');
  });
  return [paint('strong', 'Calls'), ...lines].join('\n');
}

function showBudgets(budgets: readonly ExplainedBudget[], { paint, placed }: Page): string {
  if (budgets.length === 0) return '';
  const lines = budgets.map((budget) => {
    const { budget: name, unit, limit, spent, held, hold } = budget;
    const amount = (value: number) => (unit === 'cost' ? formatMoney(value) : `${value}`);
    const of = unit === 'cost' ? amount(limit) : `${limit} ${UNIT_WORDS[unit] ?? unit}`;
    const parts = unit === 'concurrency' ? [`${held} of ${of}`] : [`${amount(spent)} of ${of} spent`];
    if (unit !== 'concurrency' && held > 0) parts.push(`${amount(held)} held`);
    if (hold !== null) parts.push(`${amount(hold)} for this request`);
    return placed(`${splitName(name, budget.counter)}: ${parts.join(', ')}`, budget, '  ');
  });
  return [paint('strong', 'Budgets'), ...lines].join('\n');
}

const UNIT_WORDS: Readonly<Record<string, string>> = {
  inputTokens: 'input tokens',
  outputTokens: 'output tokens',
  concurrency: 'at a time',
};

/** `budget:<name>:<split>:<window>`: the split tells one counter of a budget from the next. */
function splitName(name: string, counter: string): string {
  const split = decodeURIComponent(counter.split(':')[2] ?? '');
  return split === '' ? name : `${name}[${split}]`;
}

function showRivals({ rivals }: Explanation, { paint, placed }: Page): string {
  if (rivals.length === 0) return '';
  const lines = rivals
    .slice(0, MAX_RIVALS)
    .map(({ route, lost, file, line }) => placed(`${route}: ${lost}`, { file, line }, '  '));
  if (rivals.length > MAX_RIVALS)
    lines.push(paint('dim', `  and ${rivals.length - MAX_RIVALS} more; --why-not ROUTE tells about one`));
  return [paint('strong', 'Other routes'), ...lines].join('\n');
}
