import type { Place } from '#core';
import type { Incident } from '../engine/advance-alert.ts';
import type { AlertRule } from '../engine/alert-rule.ts';
import type { AlertReading } from '../engine/read-alert.ts';
import { nextSteps } from './next-steps.ts';
import { stateFact } from './state-fact.ts';
import { moment, money, number, percent, shortEnvironment, span } from './words.ts';

/** What is told of an incident, in words, apart from the channel. Every text is plain. */
export interface Notice {
  readonly state: 'firing' | 'resolved';
  readonly incident: string;
  readonly alert: string;
  readonly severity: AlertRule['severity'];
  readonly environment: string;
  /** With the environment: the subject of a mail. */
  readonly subject: string;
  readonly fact: string;
  readonly description: string;
  readonly facts: readonly (readonly [label: string, value: string])[];
  /** Largest first, with their numbers. */
  readonly causes: readonly string[];
  readonly next: readonly string[];
  /** Where the condition is written. */
  readonly policy: Place | null;
  readonly links: readonly { readonly text: string; readonly url: string }[];
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly revision: string;
  readonly owner: string;
  /** Nobody's incident: sent to see whether it arrives. */
  readonly isTest: boolean;
}

/** Where and when it is told. */
export interface NoticeWorld {
  readonly environment: string;
  readonly revision: string;
  readonly timezone: string;
  readonly publicUrl: string | null;
  readonly nowMs: number;
}

/** What a notice is written from. */
export interface NoticeInput {
  readonly rule: AlertRule;
  readonly incident: Incident;
  readonly reading: AlertReading;
  readonly world: NoticeWorld;
  /** Causes that stand in the ledger, where the reading has none. */
  readonly spenders?: readonly { readonly name: string; readonly amount: number }[];
  readonly isReminder?: boolean;
  readonly isTest?: boolean;
}

/** Writes a notice. Pure. */
export function writeNotice(input: NoticeInput): Notice {
  const { rule, incident, reading, world } = input;
  const { nowMs, timezone, environment } = world;
  const isOver = incident.endedMs !== null;
  const isTest = input.isTest ?? false;
  const state = isOver ? 'resolved' : 'firing';
  const now = stateFact(rule, reading, nowMs, timezone);
  const fact = isOver ? `Resolved: ${withoutEnvironment(incident.subject) || rule.name}` : now;
  const prefix = isTest ? 'Test: ' : input.isReminder === true ? 'Still: ' : '';
  const lasted = span((incident.endedMs ?? nowMs) - incident.startedMs);
  return {
    state,
    incident: incident.id,
    alert: rule.name,
    severity: incident.severity,
    environment,
    subject: `[${shortEnvironment(environment)}] ${prefix}${fact}`,
    fact,
    description: rule.description,
    facts: [
      ...(isOver ? [['Now', hasValue(reading) ? now : 'nothing to count'] as const] : []),
      ['Since', `${moment(incident.startedMs, timezone)}${isOver ? '' : `, for ${lasted}`}`],
      ...(isOver ? [['Until', `${moment(incident.endedMs ?? nowMs, timezone)}, ${lasted} in all`] as const] : []),
      ['Condition', conditionText(rule)],
      ['Environment', environment],
      ['Revision', world.revision],
      ...(rule.owner === '' ? [] : [['Owner', rule.owner] as const]),
    ],
    causes: isOver ? [] : causeTexts(rule, reading, input.spenders ?? []),
    next: isOver ? [] : nextSteps(rule),
    policy: rule.at,
    links:
      world.publicUrl === null ? [] : [{ text: 'Open the console', url: new URL('/console/', world.publicUrl).href }],
    startedAt: new Date(incident.startedMs).toISOString(),
    endedAt: incident.endedMs === null ? null : new Date(incident.endedMs).toISOString(),
    revision: world.revision,
    owner: rule.owner,
    isTest,
  };
}

/** The condition as its document says it. Pure. */
export function conditionText(rule: AlertRule): string {
  const { metric, threshold, isBelow, overMs, minRequests, forMs, budget, withinMs, factor } = rule;
  const isTime = metric === 'latency' || metric === 'first-token' || metric === 'key-age';
  const show = (value: number) => (metric === 'cost' ? money(value) : isTime ? span(value) : percent(value));
  const parts = [
    metric,
    ...(budget === null ? [] : [`of ${budget}`]),
    ...(metric === 'latency' || metric === 'first-token' ? [`p${Math.round(rule.quantile * 100)}`] : []),
    ...(threshold === null ? [] : [`${isBelow ? 'below' : 'above'} ${show(threshold)}`]),
    ...(metric === 'spend-anomaly' ? [`${factor} times the usual`] : []),
    ...(withinMs === null ? [] : [`within ${span(withinMs)}`]),
    ...(COUNTS_OVER.has(metric) ? [`over ${span(overMs)}`] : []),
    ...(RATES.has(metric) ? [`of ${number(minRequests)} requests or more`] : []),
    ...(forMs === 0 ? [] : [`for ${span(forMs)}`]),
  ];
  return parts.join(' ');
}

const RATES: ReadonlySet<string> = new Set([
  'error-rate',
  'latency',
  'first-token',
  'fallback-share',
  'cache-hit-rate',
]);
const COUNTS_OVER: ReadonlySet<string> = new Set([
  ...RATES,
  'cost',
  'spend-anomaly',
  'provider-down',
  'recorder-drops',
]);
const SPENDING: ReadonlySet<string> = new Set(['cost', 'spend-anomaly', 'budget-used', 'forecast']);

function causeTexts(
  rule: AlertRule,
  { causes, bad, value, subjects }: AlertReading,
  spenders: readonly { readonly name: string; readonly amount: number }[],
): readonly string[] {
  if (SPENDING.has(rule.metric)) {
    const all = spenders.length > 0 ? spenders : causes;
    const whole = spenders.length > 0 ? spenders.reduce((sum, each) => sum + each.amount, 0) : (value ?? 0);
    return all
      .slice(0, 3)
      .map(({ name, amount }) => `${name}: ${money(amount)}${whole > 0 ? `, ${percent(amount / whole)}` : ''}`);
  }
  if (rule.metric === 'policy-rejected') return causes.map(({ name }) => name);
  if (causes.length === 0) return subjects.filter((subject) => subject !== '').slice(0, 3);
  return causes.map(({ name, amount }) => `${name}: ${number(amount)} of ${number(bad)}`);
}

function hasValue({ value, count }: AlertReading): boolean {
  return value !== null && (count > 0 || !Number.isNaN(value));
}

function withoutEnvironment(subject: string): string {
  return subject.replace(/^\[[^\]]*\] /, '').replace(/^(Still|Test): /, '');
}
