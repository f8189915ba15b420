import {
  type AlertReading,
  alertReceivers,
  alertRules,
  type Incident,
  type MailMessage,
  noticeMessages,
  writeNotice,
} from '../../src/alerts/index.ts';
import type { ToldNotice } from '../../src/alerts/notice/gather.ts';
import { noticePayload } from '../../src/alerts/notice/notice-payloads.ts';
import { compileInlineSnapshot } from '../support/compile-inline.ts';

const NOW_MS = Date.UTC(2026, 10, 17, 17, 4);
const alert = (name: string, description: string, when: string, severity = 'warning') => `kind: Alert
metadata: { name: ${name}, owner: platform, description: ${description} }
spec: { when: ${when}, to: [ops], severity: ${severity} }
`;

const LONG_BUDGET = 'customer-relations-and-after-sales-service-kansai-kyushu-day';

const SNAPSHOT = compileInlineSnapshot({
  'budgets/product-day.yaml': `kind: Budget
metadata: { name: product-day }
spec: { limit: { cost: 1000 USD }, window: { every: month }, onExhausted: warn }
---
kind: Budget
metadata: { name: ${LONG_BUDGET} }
spec: { limit: { tokens: 1000000 }, window: { every: day }, per: [consumer], onExhausted: warn }
`,
  'receivers/ops.yaml': 'kind: Receiver\nmetadata: { name: ops }\nspec: { email: { to: [ops@example.com] } }\n',
  'alerts/standard.yaml': [
    alert(
      'daily-cost',
      'The product has spent more than 80 % of its budget.',
      '{ metric: budget-used, above: 80%, budget: product-day }',
    ),
    alert(
      'error-rate',
      'More than one request in twenty fails.',
      '{ metric: error-rate, above: 5%, over: 5m }',
      'critical',
    ),
    alert(
      'latency-p99',
      'One request in a hundred takes longer than three seconds.',
      '{ metric: latency, above: 3s, over: 5m }',
    ),
    alert(
      'fallback-share',
      'More than one answer in five comes from a fallback.',
      '{ metric: fallback-share, above: 20%, over: 10m }',
    ),
    alert('spending', 'Much more than usual.', '{ metric: spend-anomaly, over: 1h }'),
    alert(
      'forecast',
      'The month will be spent before it ends.',
      '{ metric: forecast, budget: product-day, within: 5d }',
    ),
    alert('refused', 'A change of the policies was refused.', '{ metric: policy-rejected }', 'critical'),
    alert('old-keys', 'Keys that nobody has changed for long.', '{ metric: key-age, above: 180d }', 'info'),
    alert('overrun', 'x', `{ metric: budget-used, above: 100%, budget: ${LONG_BUDGET} }`, 'critical'),
    alert('runaway', 'A spending that nobody knew before.', '{ metric: spend-anomaly, over: 1h }', 'critical'),
    alert('dear', 'More than planned.', '{ metric: cost, above: 0.01 USD, over: 1h }'),
    alert('slow-start', 'The first token is late.', '{ metric: first-token, quantile: p95, above: 900ms, over: 5m }'),
    alert('few-hits', 'The cache has few answers.', '{ metric: cache-hit-rate, below: 30%, over: 1h }'),
    alert('breakers', 'Targets are left out.', '{ metric: breaker-open, for: 1m }', 'critical'),
    alert('provider', 'A provider answers nothing.', '{ metric: provider-down, over: 5m }', 'critical'),
    alert('lost', 'Records are lost.', '{ metric: recorder-drops, over: 5m }'),
  ].join('---\n'),
});

const NOTHING: AlertReading = {
  ...{ isMet: true, isClear: false, value: null, count: 0, bad: 0, subjects: [''], causes: [] },
  ...{ budget: null, usual: null },
};
const BUDGET = {
  ...{ budget: 'product-day', split: [], unit: 'cost', limit: 1_000_000_000, spent: 830_000_000 },
  ...{ windowEndMs: Date.UTC(2026, 11, 1), projected: 1_440_000_000, reachesLimitAtMs: Date.UTC(2026, 10, 19, 12) },
};
const LONG = 'organisation-wide-assistant-chain-with-a-long-name/azure-openai-japan-east-gpt-5-mini';

const READINGS: Readonly<Record<string, AlertReading>> = {
  'daily-cost': { ...NOTHING, value: 0.83, budget: BUDGET },
  'error-rate': {
    ...NOTHING,
    ...{ value: 0.123, count: 1240, bad: 153 },
    causes: [
      { name: 'premium/gpt: server-error', amount: 120 },
      { name: `${LONG}: timeout`, amount: 30 },
      { name: 'eu/mistral: rate-limit', amount: 3 },
    ],
  },
  'latency-p99': { ...NOTHING, value: 4820, count: 5120, bad: 88, causes: [{ name: 'openai/gpt-5-mini', amount: 88 }] },
  'fallback-share': {
    ...NOTHING,
    value: 0.31,
    count: 900,
    bad: 279,
    causes: [{ name: 'premium/gpt: rate-limit', amount: 279 }],
  },
  spending: {
    ...NOTHING,
    ...{ value: 91_400_000, usual: 12_300_000, count: 4100 },
    causes: [{ name: 'product-team with anthropic/claude-opus-4-6', amount: 80_000_000 }],
  },
  forecast: { ...NOTHING, value: 0.83, budget: BUDGET },
  refused: { ...NOTHING, causes: [{ name: `routes/${LONG}.yaml:12: chain: there is no Chain nowhere`, amount: 1 }] },
  'old-keys': {
    ...NOTHING,
    value: 200 * 86_400_000,
    subjects: ['product-team/k1', 'support/k7', `${LONG}/k2`, 'qa/k4'],
  },
};

const LONG_SUBJECTS = [`${LONG}/first`, `${LONG}/second`, `${LONG}/third`, `${LONG}/fourth`];
/** What a metric can come to at its worst. */
const EXTREMES: Readonly<Record<string, AlertReading>> = {
  overrun: {
    ...NOTHING,
    value: 3.4,
    subjects: ['support-bot', 'app', LONG_BUDGET],
    budget: {
      ...{ ...BUDGET, budget: LONG_BUDGET, split: [LONG_BUDGET], unit: 'tokens', limit: 1_000_000 },
      ...{ spent: 3_400_000, projected: 9_000_000_000, reachesLimitAtMs: NOW_MS - 3_600_000 },
    },
  },
  runaway: { ...NOTHING, value: 1_234_567_890_123, usual: 0, count: 98_765_432 },
  dear: { ...NOTHING, value: 12_300, count: 1 },
  'slow-start': { ...NOTHING, value: 61_000, count: 20, bad: 20, causes: [{ name: LONG, amount: 20 }] },
  'few-hits': { ...NOTHING, value: 0, count: 54_321_987, bad: 54_321_987 },
  breakers: { ...NOTHING, value: 1, subjects: LONG_SUBJECTS },
  provider: { ...NOTHING, value: 1, count: 1240, bad: 1240, subjects: LONG_SUBJECTS },
  lost: { ...NOTHING, value: 1, bad: 1 },
};

const SPENDERS = [
  { name: 'product-team', amount: 610_000_000 },
  { name: 'a-consumer-with-a-name-that-no-phone-shows-on-one-line', amount: 180_000_000 },
  { name: 'support', amount: 40_000_000 },
];

/** One provider is away, and everything says so at once. */
const TOGETHER: ReadonlySet<string> = new Set(['error-rate', 'latency-p99', 'fallback-share', 'provider']);

/** Every kind of mail that alerts send, made by the gateway's own code from made-up readings: firing, again, over, a test, and several as one. */
export function sampleMails(): readonly { readonly name: string; readonly mail: MailMessage }[] {
  const receiver = alertReceivers(SNAPSHOT).get('ops');
  if (receiver === undefined) throw new Error('no receiver');
  const world = {
    ...{ environment: 'production', revision: '4f8b42c22dd3', timezone: 'Asia/Tokyo' },
    ...{ publicUrl: 'https://ai.example.com', nowMs: NOW_MS },
  };
  const together: ToldNotice[] = [];
  const mails = alertRules(SNAPSHOT).flatMap((rule) => {
    const reading = READINGS[rule.name] ?? EXTREMES[rule.name] ?? NOTHING;
    const incident: Incident = {
      ...{ id: `${rule.name}-0728dc5db2`, alert: rule.name, severity: rule.severity },
      ...{ startedMs: NOW_MS - 240_000, firedMs: NOW_MS - 180_000, endedMs: null, told: {}, subject: '' },
    };
    const input = { rule, incident, reading, world, spenders: SPENDERS };
    const mail = (name: string, notice: ReturnType<typeof writeNotice>) => {
      const [message] = noticeMessages(notice, receiver, `${rule.name}:${name}`, rule.name);
      return { name: `${rule.name}-${name}`, mail: message?.payload as unknown as MailMessage };
    };
    const firing = writeNotice(input);
    if (TOGETHER.has(rule.name)) {
      together.push({ notice: firing, to: receiver.to, key: `${rule.name}:1`, first: `${rule.name}:1` });
    }
    if (rule.name !== 'error-rate') return [mail('firing', firing)];
    const over = { ...incident, endedMs: NOW_MS, subject: firing.subject };
    const quiet = { ...NOTHING, isMet: false, isClear: true, value: 0.002, count: 1310, bad: 3 };
    return [
      mail('firing', firing),
      mail('still', writeNotice({ ...input, isReminder: true })),
      mail('resolved', writeNotice({ ...input, incident: over, reading: quiet })),
      mail('test', writeNotice({ ...input, isTest: true })),
    ];
  });
  return [...mails, { name: 'together', mail: noticePayload('email', together) as unknown as MailMessage }];
}
