import { money, number, percent } from '#alerts';
import { localDate } from '#decision';
import type { Snapshot } from '#snapshot';
import { dayOfMonth } from './date-span.ts';
import type { LineFigures, ReportFigures } from './report-figures.ts';
import { amountText } from './texts.ts';
import { reportWords } from './words.ts';

/** One thing to do, and where in the policies it is about. */
export interface Advice {
  readonly text: string;
  readonly at: { readonly file: string; readonly line: number } | null;
}

const RISE = 0.25;
const MIN_RISE_MICRO_USD = 1_000_000;
const MANY_FALLBACKS = 0.05;
const MANY_ERRORS = 0.01;
const MANY_REFUSALS = 0.02;
const HIT_RATE_DROP = 0.1;
const MIN_REQUESTS = 100;
const MAX_CAPS = 4;
const BETWEEN_JAPANESE =
  /(?<=[）\p{Script=Hiragana}\p{Script=Katakana}ー\p{Script=Han}]) (?=[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}])/gu;

/** What stands out in the figures and can be acted on, the most urgent first. Pure. */
export function adviceOn(figures: ReportFigures, snapshot: Snapshot, language: 'en' | 'ja'): readonly Advice[] {
  const say: Say = (en, ja) => (language === 'ja' ? ja : en);
  const advice = [
    ...shortened(caps(figures, snapshot, say), say),
    ...errors(figures, say),
    ...refusals(figures, say),
    ...fallbacks(figures, snapshot, say),
    ...costs(figures, say),
    ...caches(figures, snapshot, say),
    ...prices(figures, say),
  ];
  // Blanks stand between Japanese and Latin letters only.
  return advice.map(({ text, at }) => ({ at, text: text.replace(BETWEEN_JAPANESE, '') }));
}

type Say = <T>(en: T, ja: T) => T;

function caps({ budgets, timezone }: ReportFigures, snapshot: Snapshot, say: Say): Advice[] {
  const fullest = budgets.toSorted((a, b) => b.share - a.share);
  return fullest.flatMap(({ budget, split, unit, limit, spent, forecast }): Advice | [] => {
    const words = say(reportWords('en'), reportWords('ja'));
    const name = split.length === 0 ? budget : `${budget}${words.note(words.list(split))}`;
    const at = placeOf(snapshot, `Budget/${budget}`, 'limit');
    const cap = amountText(limit, unit, words);
    if (spent >= limit)
      return {
        at,
        text: say(
          `${name} has reached its cap of ${cap}: raise it, or find what spends.`,
          `${name} は上限の ${cap} に達しました。上限を引き上げるか、使用元を確認してください。`,
        ),
      };
    if (forecast?.reachesLimitAt == null) return [];
    const day = localDate(timezone, Date.parse(forecast.reachesLimitAt));
    return {
      at,
      text: say(
        `At this rate ${name} reaches its cap of ${cap} on ${day}.`,
        `このペースでは、${name} は ${dayOfMonth(day)}に上限の ${cap} に達します。`,
      ),
    };
  });
}

/** The first few tell what is the matter; many would bury the rest of the advice. */
function shortened(all: readonly Advice[], say: Say): readonly Advice[] {
  if (all.length <= MAX_CAPS) return all;
  const more = number(all.length - MAX_CAPS);
  const text = say(
    `The same holds for ${more} more budgets: signalbox usage names them.`,
    `ほかに ${more} 件の予算も同様です。signalbox usage で確認できます。`,
  );
  return [...all.slice(0, MAX_CAPS), { at: null, text }];
}

function errors({ tally }: ReportFigures, say: Say): Advice[] {
  const failed = tally.errors.filter(({ isRefused }) => !isRefused);
  const [worst] = failed;
  const all = failed.reduce((sum, { count }) => sum + count, 0);
  const asked = tally.requests - tally.refused;
  if (worst === undefined || asked < MIN_REQUESTS || all / asked < MANY_ERRORS) return [];
  const share = percent(all / asked);
  const from = worst.provider === '' ? '' : ` (${worst.provider})`;
  return [
    {
      at: null,
      text: say(
        `${share} of requests failed, most with ${worst.code}${from}: give the route another target, or ask the provider.`,
        `リクエストの ${share} が失敗しました。最も多いのは ${worst.code}${worst.provider === '' ? '' : `（${worst.provider}）`} です。ルートへのターゲットの追加、またはプロバイダーへの問い合わせを検討してください。`,
      ),
    },
  ];
}

function refusals({ tally }: ReportFigures, say: Say): Advice[] {
  const [worst] = tally.errors.filter(({ isRefused }) => isRefused);
  if (worst === undefined || tally.requests < MIN_REQUESTS || worst.count / tally.requests < MANY_REFUSALS) return [];
  const count = number(Math.round(worst.count));
  return [
    {
      at: null,
      text: say(
        `${count} requests were refused with ${worst.code}: ask who sends them whether that is meant.`,
        `${count} 件のリクエストが ${worst.code} で拒否されました。意図したものかどうか、送信元に確認してください。`,
      ),
    },
  ];
}

function fallbacks({ tally }: ReportFigures, snapshot: Snapshot, say: Say): Advice[] {
  const all = tally.fallbacks.reduce((sum, { count }) => sum + count, 0);
  const [worst] = tally.fallbacks;
  if (worst === undefined || tally.answered < MIN_REQUESTS || all / tally.answered < MANY_FALLBACKS) return [];
  const share = percent(all / tally.answered);
  return [
    {
      at: placeOf(snapshot, `Route/${worst.route}`, 'chain'),
      text: say(
        `${share} of answers came from a fallback, most on route ${worst.route} for ${worst.reason}: see to its first target.`,
        `応答の ${share} がフォールバックによるものです。最も多いのはルート ${worst.route} の ${worst.reason} です。最初のターゲットを確認してください。`,
      ),
    },
  ];
}

function costs({ totals, before, teams, models }: ReportFigures, say: Say): Advice[] {
  if (before === null || before.costMicroUsd === 0) return [];
  const more = totals.costMicroUsd - before.costMicroUsd;
  if (more < MIN_RISE_MICRO_USD || more / before.costMicroUsd < RISE) return [];
  const team = risen(teams);
  const model = risen(models);
  const rise = percent(more / before.costMicroUsd);
  return [
    {
      at: null,
      text: say(
        `Cost rose by ${rise} (${money(more)}), most for team ${team?.key || '(none)'} and model ${model?.key || '(none)'}.`,
        `費用が ${rise}（${money(more)}）増えました。増加が最も大きいのは、チームでは ${team?.key || '（なし）'}、モデルでは ${model?.key || '（なし）'} です。`,
      ),
    },
  ];
}

function caches({ tally, span, timezone }: ReportFigures, snapshot: Snapshot, say: Say): Advice[] {
  const firstDay = localDate(timezone, span.startMs);
  const rate = (isNow: boolean) => {
    const days = Object.entries(tally.lookups).filter(([date]) => date >= firstDay === isNow);
    const hits = days.reduce((sum, [, day]) => sum + day.hits, 0);
    const all = days.reduce((sum, [, day]) => sum + day.hits + day.misses, 0);
    return all < MIN_REQUESTS ? null : hits / all;
  };
  const [now, before] = [rate(true), rate(false)];
  if (now === null || before === null || before - now < HIT_RATE_DROP) return [];
  const [cache] = snapshot.caches.keys();
  return [
    {
      at: cache === undefined ? null : placeOf(snapshot, `Cache/${cache}`, 'ttl'),
      text: say(
        `The hit rate of the caches fell from ${percent(before)} to ${percent(now)}: look for a changed prompt or a purge.`,
        `キャッシュのヒット率が ${percent(before)} から ${percent(now)} に下がりました。プロンプトの変更やキャッシュの削除がなかったか確認してください。`,
      ),
    },
  ];
}

function prices({ totals }: ReportFigures, say: Say): Advice[] {
  if (totals.unpriced === 0) return [];
  const count = number(totals.unpriced);
  return [
    {
      at: null,
      text: say(
        `${count} ${totals.unpriced === 1 ? 'request has' : 'requests have'} no known cost: give their models a price in a Model document.`,
        `${count} 件のリクエストの費用が不明です。Model の定義に価格を追加してください。`,
      ),
    },
  ];
}

function risen(lines: readonly LineFigures[]): LineFigures | undefined {
  const rise = ({ costMicroUsd, beforeMicroUsd }: LineFigures) => costMicroUsd - beforeMicroUsd;
  return lines.toSorted((a, b) => rise(b) - rise(a))[0];
}

function placeOf({ origins }: Snapshot, document: string, field: string): Advice['at'] {
  const origin = origins.get(document);
  if (origin === undefined) return null;
  const { file, line } = origin.fields.get(field) ?? origin;
  return { file, line };
}
