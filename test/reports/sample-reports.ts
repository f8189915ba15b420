import { type MailMessage, type MailPage, mailMessage } from '../../src/alerts/index.ts';
import { NO_USAGE } from '../../src/core/index.ts';
import {
  type LineFigures,
  plainReport,
  type ReportFigures,
  type ReportRule,
  spanBefore,
  writeReport,
} from '../../src/reports/index.ts';
import { compileInlineSnapshot } from '../support/compile-inline.ts';

const TIMEZONE = 'Asia/Tokyo';
const NOW_MS = Date.parse('2026-11-23T09:00:00+09:00');
const DAY_MS = 86_400_000;
/** As long as policies let a name be read on a phone, and longer. */
const LONG_TEAM = 'customer-relations-and-after-sales-service-kansai-kyushu';
const LONG_MODEL = 'azure-openai-japan-east/gpt-5-mini-with-a-deployment-id';

const SNAPSHOT = compileInlineSnapshot(
  {
    'budgets/all.yaml':
      'kind: Budget\nmetadata: { name: product-month }\nspec: { limit: { cost: 100 USD }, window: { every: month }, onExhausted: warn }\n',
    'routes/all.yaml': 'kind: Route\nmetadata: { name: assistant }\nspec: { match: {}, chain: main }\n',
    'chains/all.yaml':
      'kind: Chain\nmetadata: { name: main }\nspec: { targets: [{ id: first, model: sandbox/echo }] }\n',
    'caches/all.yaml': 'kind: Cache\nmetadata: { name: faq }\nspec: { mode: exact, ttl: 1h }\n',
  },
  { environment: 'production' },
);

const totals = (requests: number, costMicroUsd: number, savedMicroUsd = 0) => ({
  ...{ requests, failed: 0, fallbacks: Math.round(requests / 12), estimated: 0, unpriced: 0, tokens: NO_USAGE },
  ...{ inputTokens: requests * 1900, outputTokens: requests * 420, images: 0, searchUnits: 0 },
  ...{ costMicroUsd, savedMicroUsd },
});

const line = (key: string, requests: number, costMicroUsd: number, beforeMicroUsd: number): LineFigures => ({
  ...{ key, requests, failed: 0, fallbacks: 0, savedMicroUsd: 0, costMicroUsd, beforeMicroUsd },
  ...{ inputTokens: requests * 1900, outputTokens: requests * 420 },
});

const request = (at: number, costMicroUsd: number | null, consumer = 'product-team', model = 'openai/gpt-4o') => ({
  ...{ id: `req_${(at * 7919).toString(16).padStart(22, '0')}`, at: '2026-11-17T03:00:00.000Z', route: 'assistant' },
  ...{ consumer, model, tokens: 5000 - at, costMicroUsd },
});

const budget = (share: number, name = 'product-month', split: readonly string[] = [], unit = 'cost') => ({
  ...{ budget: name, split, unit, limit: 100_000_000, spent: Math.round(share * 100_000_000), share },
  window: { start: '2026-10-31T15:00:00.000Z', end: '2026-11-30T15:00:00.000Z' },
  forecast:
    share >= 1
      ? null
      : { projected: 180_000_000, reachesLimitAt: '2026-11-27T03:00:00.000Z', basis: 'linear' as const },
});

function figures(period: ReportRule['period'], own: Partial<ReportFigures>): ReportFigures {
  const span = spanBefore({ timezone: TIMEZONE, period }, NOW_MS);
  const count = Math.round((span.endMs - span.beforeMs) / DAY_MS);
  const firstBefore = Math.round((span.startMs - span.beforeMs) / DAY_MS);
  const cost = own.totals?.costMicroUsd ?? 39_600_000;
  const before = own.before === undefined ? totals(1512, 24_060_000, 9_100_000) : own.before;
  const days = Array.from({ length: count }, (_, at) => {
    const isBefore = at < firstBefore;
    const whole = isBefore ? (before?.costMicroUsd ?? 0) : cost;
    return {
      date: new Date(span.beforeMs + at * DAY_MS + 9 * 3_600_000).toISOString().slice(0, 10),
      requests: 200,
      costMicroUsd: Math.round((whole / (isBefore ? firstBefore : count - firstBefore)) * (0.8 + ((at * 5) % 7) / 15)),
      savedMicroUsd: Math.round(((isBefore ? before?.savedMicroUsd : own.totals?.savedMicroUsd) ?? 5_550_000) / 7),
    };
  });
  const requests = own.totals?.requests ?? 1512;
  return {
    ...{
      span,
      timezone: TIMEZONE,
      totals: totals(1512, 39_600_000, 5_550_000),
      before,
      days,
    },
    teams: [
      line('product', 900, 24_000_000, 12_000_000),
      line('support', 612, 15_600_000, 16_000_000),
      line('', 3, 0, 0),
    ],
    models: [line('openai/gpt-4o', 1512, 39_600_000, 20_000_000)],
    consumers: [line('product-team', 900, 24_000_000, 1), line('support-bot', 612, 15_600_000, 1)],
    top: {
      byCost: [0, 1, 2].map((at) => request(at, 70_000)),
      byTokens: [0, 1, 2].map((at) => request(at, at === 1 ? null : 65_000)),
    },
    budgets: [budget(0.64)],
    tally: {
      ...{ requests: requests + 20, answered: requests - 40, refused: 20, before: null },
      errors: [
        { code: 'upstream_error', status: 502, provider: 'openai', isRefused: false, count: 25 },
        { code: 'budget_exceeded', status: 429, provider: '', isRefused: true, count: 120 },
      ],
      fallbacks: [{ reason: 'rate-limit', route: 'assistant', model: 'openai/gpt-4o', count: 130 }],
      routes: { assistant: { 1500: 900, 1700: 40 }, 'support-faq': { 1400: 300 } },
      lookups: { '2026-11-12': { hits: 300, misses: 300 }, '2026-11-18': { hits: 150, misses: 450 } },
    },
    ...own,
  };
}

const NO_TALLY: ReportFigures['tally'] = {
  ...{ requests: 0, answered: 0, refused: 0, errors: [], fallbacks: [], routes: {}, lookups: {}, before: null },
};
const NOTHING: Partial<ReportFigures> = {
  ...{ totals: totals(0, 0), before: null, teams: [], models: [], consumers: [], budgets: [], tally: NO_TALLY },
  top: { byCost: [], byTokens: [] },
};
const names = (name: string, count: number) =>
  Array.from({ length: count }, (_, at) => `${name}-${at + 10}`.slice(-60));
const many = (name: string) =>
  names(name, 60).map((key, at) =>
    line(key, 1_000_000 - at * 12_345, 9_876_543_210 - at * 123_456_789, at % 3 === 0 ? 0 : 8_000_000_000),
  );

/** What a week can be, from nothing to far too much. */
const CASES: Readonly<
  Record<string, { readonly period?: ReportRule['period']; readonly figures: Partial<ReportFigures> }>
> = {
  usual: { figures: {} },
  'no traffic': { figures: NOTHING },
  'one request': {
    figures: {
      ...NOTHING,
      totals: totals(1, 1_600),
      teams: [line('product', 1, 1_600, 0)],
      models: [line('openai/gpt-4o-mini', 1, 1_600, 0)],
      consumers: [line('product-team', 1, 1_600, 0)],
      top: { byCost: [request(0, 1_600)], byTokens: [request(0, 1_600)] },
      tally: { ...NO_TALLY, requests: 1, answered: 1, routes: { assistant: { 1500: 1 } } },
    },
  },
  'only refusals': {
    figures: {
      ...NOTHING,
      tally: {
        ...{ ...NO_TALLY, requests: 340, refused: 340 },
        errors: [{ code: 'model_not_allowed', status: 403, provider: '', isRefused: true, count: 340 }],
      },
    },
  },
  'no cost': {
    figures: {
      totals: { ...totals(1512, 0), unpriced: 1512 },
      before: totals(1400, 0),
      teams: [line('product', 1512, 0, 0)],
      models: [line('ollama/llama3.3', 1512, 0, 0)],
      consumers: [line('product-team', 1512, 0, 0)],
    },
  },
  'sixty teams': {
    figures: {
      totals: totals(54_321_987, 412_345_678_901, 23_456_789_012),
      before: totals(12_345_678, 98_765_432_109, 45_678_901_234),
      ...{ teams: many(LONG_TEAM), models: many(LONG_MODEL), consumers: many(LONG_TEAM) },
      top: {
        byCost: Array.from({ length: 10 }, (_, at) => request(at, 12_345_678, LONG_TEAM, LONG_MODEL)),
        byTokens: Array.from({ length: 10 }, (_, at) => request(at, 12_345_678, LONG_TEAM, LONG_MODEL)),
      },
      budgets: names(LONG_TEAM, 12).map((name, at) =>
        budget(0.99 - at / 20, name, [LONG_TEAM], at % 2 === 0 ? 'cost' : 'inputTokens'),
      ),
      tally: {
        ...{ requests: 54_400_000, answered: 52_000_000, refused: 80_000, before: null, lookups: {} },
        errors: [
          { code: 'guardrail_blocked_output', status: 400, provider: LONG_MODEL, isRefused: false, count: 2_400_000 },
        ],
        fallbacks: [{ reason: 'context-overflow', route: LONG_TEAM, model: LONG_MODEL, count: 7_654_321 }],
        routes: { [LONG_TEAM]: { 1500: 900, 1750: 40 } },
      },
    },
  },
  falling: {
    figures: {
      totals: totals(312, 4_100_000),
      before: totals(15_120, 390_600_000),
      teams: [line('product', 312, 4_100_000, 390_600_000)],
      models: [line('openai/gpt-4o', 312, 4_100_000, 390_600_000)],
    },
  },
  'budget at 340%': {
    figures: {
      budgets: [budget(3.4), budget(1, 'support-month', ['support']), budget(0.02, 'tokens-day', [], 'tokens')],
    },
  },
  'first week': { figures: { before: null } },
  day: { period: 'day', figures: {} },
  month: { period: 'month', figures: {} },
};

/** A report in all its forms. */
export interface SampleReport {
  readonly name: string;
  readonly page: MailPage;
  readonly mail: MailMessage;
  readonly html: string;
}

/** Every sample as the mail that the gateway sends, in a language; its images stand in the page, as in `signalbox report --out`. */
export async function sampleReports(language: ReportRule['language']): Promise<readonly SampleReport[]> {
  return Promise.all(
    Object.entries(CASES).map(async ([name, { period = 'week', figures: own }]) => {
      const at = { file: 'reports/monday.yaml', line: 1 };
      const rule: ReportRule = { ...plainReport(TIMEZONE), name: 'monday', period, language, at };
      const { subject, page, images } = await writeReport(rule, figures(period, own), SNAPSHOT);
      const mail = mailMessage({ to: ['leads@example.com'], subject, page, key: name, follows: null, images });
      const html = images.reduce(
        (text, { cid, base64 }) => text.replaceAll(`cid:${cid}`, `data:image/png;base64,${base64}`),
        mail.html,
      );
      return { name, page, mail, html };
    }),
  );
}
