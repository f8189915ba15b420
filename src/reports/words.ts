/** The words of a report in one language. Names and codes of the policies stand as they are. */
export interface ReportWords {
  readonly title: Readonly<Record<'day' | 'week' | 'month', string>>;
  readonly sections: Readonly<
    Record<'cost' | 'tokens' | 'errors' | 'fallbacks' | 'slow' | 'cache' | 'advice' | 'budgets', string>
  >;
  readonly requests: string;
  readonly answered: string;
  readonly success: string;
  readonly refused: string;
  readonly cost: string;
  readonly saved: string;
  readonly tokens: string;
  readonly input: string;
  readonly output: string;
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
  readonly trend: string;
  readonly request: string;
  readonly none: string;
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
  readonly spans: Readonly<Record<'day' | 'week' | 'month', readonly [before: string, now: string]>>;
  /** Above changes against the span before. */
  readonly change: string;
  readonly perDay: string;
  readonly isNew: string;
  readonly budget: string;
  readonly spent: string;
  readonly limit: string;
  readonly partial: string;
}

const EN: ReportWords = {
  title: { day: 'Daily report', week: 'Weekly report', month: 'Monthly report' },
  sections: {
    ...{ cost: 'Cost', tokens: 'Largest', errors: 'Errors', fallbacks: 'Fallbacks', slow: 'Slowest routes' },
    ...{ cache: 'Cache', advice: 'What to do', budgets: 'Budgets' },
  },
  ...{ requests: 'Requests', answered: 'Answered', success: 'Success', refused: 'refused by policy', cost: 'Cost' },
  ...{ saved: 'Saved by caches', tokens: 'Tokens', input: 'input', output: 'output', fallbacks: 'Fallbacks' },
  ...{ hitRate: 'Hit rate', team: 'Team', model: 'Model', consumer: 'Consumer', route: 'Route', reason: 'Reason' },
  ...{ count: 'Count', code: 'Error', provider: 'Provider', share: 'Share', trend: 'before', request: 'Request' },
  ...{ none: 'none', nobody: '(no team)', byTeam: 'By team', byModel: 'By model', byConsumer: 'By consumer' },
  ...{ topByCost: 'Requests by cost', topByTokens: 'Requests by tokens', noErrors: 'No errors.' },
  ...{ noFallbacks: 'Every answer came from the first target.', noLookups: 'No request looked into a cache.' },
  ...{ noAdvice: 'Nothing stands out.', noTraffic: 'No request came in this time.', unknown: 'unknown' },
  spans: {
    ...{ day: ['the day before', 'this day'], week: ['the week before', 'this week'] },
    month: ['the month before', 'this month'],
  },
  ...{ perDay: 'Cost per day', isNew: 'new', change: 'Change' },
  ...{ budget: 'Budget', spent: 'Spent', limit: 'Limit' },
  partial: 'requests without a known price are not in the sum',
};

const JA: ReportWords = {
  title: { day: '日次レポート', week: '週次レポート', month: '月次レポート' },
  sections: {
    ...{ cost: '費用', tokens: '使用量の上位', errors: 'エラー', fallbacks: 'フォールバック', slow: '遅いルート' },
    ...{ cache: 'キャッシュ', advice: '次にすること', budgets: '予算' },
  },
  ...{ requests: 'リクエスト', answered: '応答', success: '成功率', refused: 'ポリシーによる拒否', cost: '費用' },
  ...{ saved: 'キャッシュによる節約', tokens: 'トークン', input: '入力', output: '出力', fallbacks: 'フォールバック' },
  ...{ hitRate: 'ヒット率', team: 'チーム', model: 'モデル', consumer: '利用者', route: 'ルート', reason: '理由' },
  ...{ count: '件数', code: 'エラー', provider: 'プロバイダー', share: '割合', trend: '前回', request: 'リクエスト' },
  ...{ none: 'なし', nobody: '(チームなし)', byTeam: 'チーム別', byModel: 'モデル別', byConsumer: '利用者別' },
  ...{ topByCost: '費用の多いリクエスト', topByTokens: 'トークンの多いリクエスト', noErrors: 'エラーはありません。' },
  ...{ noFallbacks: 'すべて最初のターゲットが応答しました。', noLookups: 'キャッシュは使われていません。' },
  ...{ noAdvice: '特に問題はありません。', noTraffic: 'この期間にリクエストはありません。', unknown: '不明' },
  spans: { day: ['前日', '当日'], week: ['前週', '今週'], month: ['前月', '今月'] },
  ...{ perDay: '1日あたりの費用', isNew: '新規', change: '増減' },
  ...{ budget: '予算', spent: '使用', limit: '上限' },
  partial: '価格が不明なリクエストは合計に含まれていません',
};

/** Those of a language. Pure. */
export function reportWords(language: 'en' | 'ja'): ReportWords {
  return language === 'ja' ? JA : EN;
}
