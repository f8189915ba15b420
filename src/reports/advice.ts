import { amount, money, number, percent } from '#alerts';
import { localDate } from '#decision';
import type { Snapshot } from '#snapshot';
import type { LineFigures, ReportFigures } from './report-figures.ts';

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

/** What stands out in the figures and can be acted on, the most urgent first. Pure. */
export function adviceOn(figures: ReportFigures, snapshot: Snapshot, language: 'en' | 'ja'): readonly Advice[] {
  const say = (en: string, ja: string) => (language === 'ja' ? ja : en);
  return [
    ...caps(figures, snapshot, say),
    ...errors(figures, say),
    ...refusals(figures, say),
    ...fallbacks(figures, snapshot, say),
    ...costs(figures, say),
    ...caches(figures, snapshot, say),
    ...prices(figures, say),
  ];
}

type Say = (en: string, ja: string) => string;

function caps({ budgets, timezone }: ReportFigures, snapshot: Snapshot, say: Say): Advice[] {
  return budgets.flatMap(({ budget, split, unit, limit, spent, forecast }): Advice | [] => {
    const name = split.length === 0 ? budget : `${budget} (${split.join(', ')})`;
    const at = placeOf(snapshot, `Budget/${budget}`, 'limit');
    const cap = amount(limit, unit);
    if (spent >= limit)
      return {
        at,
        text: say(
          `${name} has reached its cap of ${cap}: raise it, or find what spends.`,
          `${name} は上限 ${cap} に達しました。上限を上げるか、使用元を確認してください。`,
        ),
      };
    if (forecast?.reachesLimitAt == null) return [];
    const day = localDate(timezone, Date.parse(forecast.reachesLimitAt));
    return {
      at,
      text: say(
        `At this rate ${name} reaches its cap of ${cap} on ${day}.`,
        `このままでは ${name} は ${day} に上限 ${cap} に達します。`,
      ),
    };
  });
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
        `リクエストの ${share} が失敗しました。最多は ${worst.code}${from} です。ターゲットの追加を検討してください。`,
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
        `${count} 件のリクエストが ${worst.code} で拒否されました。意図したものか確認してください。`,
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
        `応答の ${share} がフォールバックによるものです。最多はルート ${worst.route} の ${worst.reason} です。先頭のターゲットを確認してください。`,
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
        `費用が ${rise} (${money(more)}) 増えました。主にチーム ${team?.key || '(なし)'}、モデル ${model?.key || '(なし)'} です。`,
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
        `キャッシュのヒット率が ${percent(before)} から ${percent(now)} に下がりました。プロンプトの変更や削除を確認してください。`,
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
        `${count} requests have no known cost: give their models a price in a Model document.`,
        `${count} 件のリクエストは費用が不明です。Model 文書に価格を書いてください。`,
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
