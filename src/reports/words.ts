import { number } from '#alerts';
import { dateSpan } from './date-span.ts';

/** A span of a report. */
type Period = 'day' | 'week' | 'month';

/** The words of a report in one language. Names and codes of the policies stand as they are. */
export interface ReportWords {
  readonly title: Readonly<Record<Period, string>>;
  readonly sections: Readonly<
    Record<'cost' | 'errors' | 'fallbacks' | 'slow' | 'cache' | 'advice' | 'budgets', string>
  >;
  readonly requests: string;
  readonly success: string;
  readonly cost: string;
  readonly saved: string;
  readonly tokens: string;
  readonly fallbacks: string;
  readonly hitRate: string;
  readonly team: string;
  readonly model: string;
  readonly consumer: string;
  readonly route: string;
  readonly reason: string;
  readonly count: string;
  readonly code: string;
  readonly provider: string;
  readonly share: string;
  readonly request: string;
  readonly nobody: string;
  readonly byTeam: string;
  readonly byModel: string;
  readonly topByCost: string;
  readonly topByTokens: string;
  readonly byConsumer: string;
  readonly noErrors: string;
  readonly noFallbacks: string;
  readonly noLookups: string;
  readonly noAdvice: string;
  readonly noTraffic: string;
  readonly unknown: string;
  /** For the legend of a chart. */
  readonly spans: Readonly<Record<Period, readonly [before: string, now: string]>>;
  /** Above changes against the span before. */
  readonly change: string;
  readonly perDay: string;
  readonly isNew: string;
  readonly budget: string;
  readonly spent: string;
  readonly limit: string;
  /** By what a budget counts. */
  readonly units: Readonly<Record<string, string>>;
  /** Parts of a line, such as `97%` and `1,472 / 1,512`. */
  readonly list: (parts: readonly string[]) => string;
  /** Behind what it is said of; with the blank before it, if there is one. */
  readonly note: (text: string) => string;
  /** A title and what it is of, such as dates and their cost. */
  readonly says: (title: string, fact: string) => string;
  readonly countOf: (requests: number) => string;
  readonly refused: (requests: number) => string;
  readonly tokensOf: (input: number, output: number) => string;
  /** A share in the span before. */
  readonly before: (share: string) => string;
  /** What the uppermost line of a chart stands for. */
  readonly topLine: (value: string) => string;
  /** Local dates as `2026-11-22`; both the same for a day. */
  readonly dates: (first: string, last: string) => string;
  readonly partial: (requests: number) => string;
}

const EN: ReportWords = {
  title: { day: 'Daily report', week: 'Weekly report', month: 'Monthly report' },
  sections: {
    ...{ cost: 'Cost', errors: 'Errors', fallbacks: 'Fallbacks', slow: 'Slowest routes', cache: 'Cache' },
    ...{ advice: 'What to do', budgets: 'Budgets' },
  },
  ...{ requests: 'Requests', success: 'Success', cost: 'Cost', saved: 'Saved by caches', tokens: 'Tokens' },
  ...{ fallbacks: 'Fallbacks', hitRate: 'Hit rate', team: 'Team', model: 'Model', consumer: 'Consumer' },
  ...{ route: 'Route', reason: 'Reason', count: 'Count', code: 'Error', provider: 'Provider', share: 'Share' },
  ...{ request: 'Request', nobody: '(no team)', byTeam: 'By team', byModel: 'By model', byConsumer: 'By consumer' },
  ...{ topByCost: 'Requests by cost', topByTokens: 'Requests by tokens', noErrors: 'No errors.' },
  ...{ noFallbacks: 'Every answer came from the first target.', noLookups: 'No request looked into a cache.' },
  ...{ noAdvice: 'Nothing stands out.', noTraffic: 'No request came in this time.', unknown: 'unknown' },
  spans: {
    ...{ day: ['before', 'this day'], week: ['before', 'this week'], month: ['before', 'this month'] },
  },
  ...{ perDay: 'Cost per day', isNew: 'new', change: 'Change', budget: 'Budget', spent: 'Spent', limit: 'Limit' },
  units: {
    ...{ tokens: 'tokens', inputTokens: 'input tokens', outputTokens: 'output tokens', requests: 'requests' },
    concurrency: 'at once',
  },
  list: (parts) => parts.join(', '),
  note: (text) => ` (${text})`,
  says: (title, fact) => `${title}: ${fact}`,
  countOf: (requests) => `${number(requests)} ${requests === 1 ? 'request' : 'requests'}`,
  refused: (requests) => `${number(requests)} refused by policy`,
  tokensOf: (input, output) => `${number(input)} input, ${number(output)} output`,
  before: (share) => `before: ${share}`,
  topLine: (value) => `top line ${value}`,
  dates: (first, last) => (first === last ? first : `${first} – ${last}`),
  partial: (requests) =>
    requests === 1
      ? '1 request without a known price is not in the sum'
      : `${number(requests)} requests without a known price are not in the sum`,
};

/** Marks are full-width among Japanese words; a blank stands between them and Latin letters or digits that a unit follows. */
const JA: ReportWords = {
  title: { day: '日次レポート', week: '週次レポート', month: '月次レポート' },
  sections: {
    ...{ cost: '費用', errors: 'エラー', fallbacks: 'フォールバック', slow: '応答の遅いルート', cache: 'キャッシュ' },
    ...{ advice: '推奨する対応', budgets: '予算' },
  },
  ...{ requests: 'リクエスト', success: '成功率', cost: '費用', saved: 'キャッシュ節約額', tokens: 'トークン' },
  ...{ fallbacks: 'フォールバック', hitRate: 'ヒット率', team: 'チーム', model: 'モデル', consumer: '利用者' },
  ...{ route: 'ルート', reason: '理由', count: '件数', code: 'エラー', provider: 'プロバイダー', share: '割合' },
  ...{
    request: 'リクエスト',
    nobody: '（チームなし）',
    byTeam: 'チーム別',
    byModel: 'モデル別',
    byConsumer: '利用者別',
  },
  ...{ topByCost: '費用の多いリクエスト', topByTokens: 'トークンの多いリクエスト', noErrors: 'エラーはありません。' },
  ...{ noFallbacks: 'すべて最初のターゲットが応答しました。', noLookups: 'キャッシュは使われていません。' },
  ...{ noAdvice: '特に問題はありません。', noTraffic: 'この期間にリクエストはありません。', unknown: '不明' },
  spans: { day: ['前日', '対象日'], week: ['前週', '対象週'], month: ['前月', '対象月'] },
  ...{ perDay: '1 日あたりの費用', isNew: '新規', change: '増減', budget: '予算', spent: '使用', limit: '上限' },
  units: {
    ...{ tokens: 'トークン', inputTokens: '入力トークン', outputTokens: '出力トークン', requests: '件' },
    concurrency: '同時リクエスト',
  },
  list: (parts) => parts.join('、'),
  note: (text) => `（${text}）`,
  says: (title, fact) => `${title}：${fact}`,
  countOf: (requests) => `${number(requests)} 件`,
  refused: (requests) => `ポリシーによる拒否 ${number(requests)} 件`,
  tokensOf: (input, output) => `入力 ${number(input)}、出力 ${number(output)}`,
  before: (share) => `前回 ${share}`,
  topLine: (value) => `上端 ${value}`,
  dates: dateSpan,
  partial: (requests) => `価格が不明なリクエスト ${number(requests)} 件は合計に含まれていません`,
};

/** Those of a language. Pure. */
export function reportWords(language: 'en' | 'ja'): ReportWords {
  return language === 'ja' ? JA : EN;
}
