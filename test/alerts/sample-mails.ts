import {
  type AlertReading,
  alertReceivers,
  alertRules,
  type Incident,
  type MailMessage,
  noticeMessages,
  writeNotice,
} from '../../src/alerts/index.ts';
import { compileInlineSnapshot } from '../support/compile-inline.ts';

const NOW_MS = Date.UTC(2026, 10, 17, 17, 4);
const alert = (name: string, description: string, when: string, severity = 'warning') => `kind: Alert
metadata: { name: ${name}, owner: platform, description: ${description} }
spec: { when: ${when}, to: [ops], severity: ${severity} }
`;

const SNAPSHOT = compileInlineSnapshot({
  'budgets/product-day.yaml': `kind: Budget
metadata: { name: product-day }
spec: { limit: { cost: 1000 USD }, window: { every: month }, onExhausted: warn }
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

const SPENDERS = [
  { name: 'product-team', amount: 610_000_000 },
  { name: 'a-consumer-with-a-name-that-no-phone-shows-on-one-line', amount: 180_000_000 },
  { name: 'support', amount: 40_000_000 },
];

/** Every kind of mail that alerts send, made by the gateway's own code from made-up readings: firing, again, over, and a test. */
export function sampleMails(): readonly { readonly name: string; readonly mail: MailMessage }[] {
  const receiver = alertReceivers(SNAPSHOT).get('ops');
  if (receiver === undefined) throw new Error('no receiver');
  const world = {
    ...{ environment: 'production', revision: '4f8b42c22dd3', timezone: 'Asia/Tokyo' },
    ...{ publicUrl: 'https://ai.example.com', nowMs: NOW_MS },
  };
  return alertRules(SNAPSHOT).flatMap((rule) => {
    const reading = READINGS[rule.name] ?? NOTHING;
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
}
