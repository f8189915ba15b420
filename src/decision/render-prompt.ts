import type { PromptText, PromptVariable, RenderedPrompt, RoutePrompt } from '#snapshot';
import { ownValue } from './fits-matcher.ts';
import { localDate } from './local-date.ts';
import type { RequestFacts } from './types.ts';

/** What a variable may read of a request. */
export type PromptFacts = Pick<RequestFacts, 'consumer' | 'labels' | 'metadata' | 'headers'>;

/** A route that adds nothing. */
export const NO_PROMPT: RoutePrompt = Object.freeze({ prepend: null, append: null, bytesAtMost: 0, trim: null });

/** The variables of a route's texts, as often as they stand there. Pure. */
export function promptVariables({ prepend, append }: RoutePrompt): readonly PromptVariable[] {
  return [...(prepend ?? []), ...(append ?? [])].filter((piece) => typeof piece !== 'string');
}

/** Whether what a route adds is the same for every request. Pure. */
export function isFixedPrompt(prompt: RoutePrompt): boolean {
  return promptVariables(prompt).length === 0;
}

/** What a route adds to the instructions of this request, values in place; null where it adds nothing. Dates are those of the zone, UTC without one. Pure. */
export function renderPrompt(
  prompt: RoutePrompt,
  facts: PromptFacts,
  nowMs: number,
  timezone: string | null,
): RenderedPrompt {
  const { prepend, append } = prompt;
  return {
    prepend: render(prepend, facts, nowMs, timezone),
    append: render(append, facts, nowMs, timezone),
  };
}

/** The value of a variable as it stands in the text. Pure. */
export function valueOfVariable(
  variable: PromptVariable,
  facts: PromptFacts,
  nowMs: number,
  timezone: string | null,
): string {
  const { source, fallback, values, maxLength } = variable;
  if (source.kind === 'date') return dateText(source.form, nowMs, timezone);
  if (source.kind === 'consumer') return escapeValue(facts.consumer.slice(0, maxLength));
  const value = ownValue(GROUPS[source.kind](facts), source.key);
  const isTaken = value !== undefined && (values === null ? value.length <= maxLength : values.includes(value));
  return escapeValue(isTaken ? value : fallback);
}

const GROUPS: Readonly<
  Record<'label' | 'metadata' | 'header', (facts: PromptFacts) => Readonly<Record<string, string>>>
> = {
  label: ({ labels }) => labels,
  metadata: ({ metadata }) => metadata,
  header: ({ headers }) => headers,
};

function render(text: PromptText | null, facts: PromptFacts, nowMs: number, timezone: string | null): string | null {
  if (text === null) return null;
  let rendered = '';
  for (const piece of text) {
    rendered += typeof piece === 'string' ? piece : valueOfVariable(piece, facts, nowMs, timezone);
  }
  return rendered === '' ? null : rendered;
}

/** Whatever could close a quotation, a fence or a tag, begin a line or a placeholder, or be read by a model and by no person. */
const RISKY = /[<>`{}]|\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}|\p{Variation_Selector}/gu;

/** A value as the inside of a JSON string, with what is risky in a prompt as `\uXXXX` too: on one line, and unable to end the text around it. Pure. */
export function escapeValue(value: string): string {
  return JSON.stringify(value)
    .slice(1, -1)
    .replace(RISKY, (sign) => Array.from({ length: sign.length }, (_, at) => escapeUnit(sign.charCodeAt(at))).join(''));
}

function escapeUnit(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

function dateText(form: 'day' | 'month' | 'year' | 'weekday', nowMs: number, timezone: string | null): string {
  const date = localDate(timezone ?? 'UTC', nowMs);
  if (form === 'weekday') return WEEKDAYS[new Date(`${date}T00:00:00Z`).getUTCDay()] ?? '';
  return date.slice(0, DATE_LENGTHS[form]);
}

const DATE_LENGTHS = { day: 10, month: 7, year: 4 };
