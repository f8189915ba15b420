import type { AlertRule } from '../engine/alert-rule.ts';
import type { AlertReading } from '../engine/read-alert.ts';
import { amount, capWhen, money, number, percent, span } from './words.ts';

const MAX_NAMES = 90;

/** The fact of a reading in one line: the subject of the mail, without its environment. Pure. */
export function stateFact(rule: AlertRule, reading: AlertReading, nowMs: number, timezone: string): string {
  const { value, count, bad, subjects, budget } = reading;
  const over = `in ${span(rule.overMs)}`;
  const limit = rule.threshold ?? 0;
  switch (rule.metric) {
    case 'budget-used':
      return `${budgetFact(rule, reading)}${capText(budget, nowMs, timezone)}`;
    case 'forecast': {
      if (budget === null) return `${rule.budget} budget will not reach its limit`;
      if (rule.threshold === null) return `${budgetFact(rule, reading)}${capText(budget, nowMs, timezone)}`;
      return `${rule.budget} budget will end at ${percent((budget.projected ?? 0) / Math.max(1, budget.limit))} of ${amount(budget.limit, budget.unit)} at this rate`;
    }
    case 'error-rate':
      return `${percent(value ?? 0)} of requests fail (limit ${percent(limit)}): ${number(bad)} of ${number(count)} ${over}`;
    case 'fallback-share':
      return `${percent(value ?? 0)} of answers come from fallbacks (limit ${percent(limit)}): ${number(bad)} of ${number(count)} ${over}`;
    case 'cache-hit-rate':
      return `cache hit rate ${percent(value ?? 0)} (least ${percent(limit)}): ${number(count - bad)} of ${number(count)} ${over}`;
    case 'latency':
    case 'first-token': {
      const name = rule.metric === 'latency' ? 'latency' : 'time to first token';
      return `p${Math.round(rule.quantile * 100)} ${name} ${span(value ?? 0)} (limit ${span(limit)}) over ${number(count)} requests ${over}`;
    }
    case 'cost':
      return `${money(value ?? 0)} spent ${over} (limit ${money(limit)})`;
    case 'spend-anomaly': {
      const spent = `${money(value ?? 0)} spent ${over}`;
      if ((reading.usual ?? 0) <= 0) return `${spent}, where nothing is usual`;
      const times = (value ?? 0) / Math.max(1, reading.usual ?? 0);
      return `${spent}, ${times >= 100 ? 'over 100' : times.toFixed(1)} times the usual ${money(reading.usual ?? 0)}`;
    }
    case 'breaker-open':
      return `${number(subjects.length)} ${subjects.length === 1 ? 'target is' : 'targets are'} out of service: ${names(subjects)}`;
    case 'provider-down':
      return `${names(subjects)} ${subjects.length === 1 ? 'does' : 'do'} not answer: ${number(bad)} of ${number(count)} calls failed ${over}`;
    case 'policy-rejected':
      return 'a policy change was refused; the revision before it serves';
    case 'key-age':
      return `${number(subjects.length)} ${subjects.length === 1 ? 'key is' : 'keys are'} older than ${span(limit)}: ${names(subjects)}`;
    case 'recorder-drops':
      return `${number(bad)} decision ${bad === 1 ? 'record was' : 'records were'} lost ${over}`;
  }
}

function budgetFact({ budget: name }: AlertRule, { budget, value, subjects }: AlertReading): string {
  if (budget === null) return `${name} budget is below its threshold`;
  const split = budget.split.join(' · ');
  const more = subjects.length > 1 ? ` and ${subjects.length - 1} more` : '';
  return `${name}${split === '' ? '' : ` (${split}${more})`} budget ${percent(value ?? 0)} of ${amount(budget.limit, budget.unit)}`;
}

function capText(budget: AlertReading['budget'], nowMs: number, timezone: string): string {
  if (budget === null || budget.reachesLimitAtMs === null) return '';
  return budget.spent >= budget.limit
    ? ', the cap is reached'
    : `, cap ${capWhen(budget.reachesLimitAtMs, nowMs, timezone)} at this rate`;
}

/** Three at most, and no more than a subject has room for: the first says more than the beginning of a third. */
function names(subjects: readonly string[]): string {
  const fitting = [3, 2].find((count) => subjects.slice(0, count).join(', ').length <= MAX_NAMES) ?? 1;
  const shown = subjects.slice(0, fitting);
  const more = subjects.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}
