import type { MicroUsd } from '#core';
import { inputTokens, NO_USAGE, outputTokens, type Usage } from '#core';
import type { LimitUnit, Price, Snapshot } from '#snapshot';
import { picoCost, priceAt, toMicroUsd } from './price.ts';
import type { Attempt, Decision, Reservation, Settlement } from './types.ts';

type Allowed = Extract<Decision, { kind: 'allow' }>;

/** One attempt with its price: `usage` null when nothing is known to be billed, `pico` null when it is but nobody can say how much. */
interface Billed {
  readonly attempt: Attempt;
  readonly usage: Usage | null;
  readonly price: Price | null;
  readonly pico: bigint | null;
}

/**
 * The account of a finished request: every attempt with known usage is paid at the price of its own model at `nowMs` (the time of the request), summed exactly
 * and rounded half up once. Charges each reservation: cost, tokens (input + output), inputTokens, outputTokens from the attempts that count there,
 * one for requests, none for concurrency. Where an attempt was billed or served and no price or usage is known, a cost counter is charged what was held at
 * least, and `priceSource` is null. A charge of more than any bound promised is charged all the same, and told as an `overrun`. The same input gives the same account, however often. Pure.
 */
export function settle(
  snapshot: Pick<Snapshot, 'models'>,
  decision: Allowed,
  attempts: readonly Attempt[],
  nowMs: number,
): Settlement {
  const billed = attempts.map((attempt) => billOf(snapshot, decision, attempt, nowMs));
  const known = billed.filter(({ pico }) => pico !== null);
  const unknown = billed.some(isUnknown);
  const payer = known.findLast(({ attempt }) => attempt.outcome === 'ok') ?? known.at(-1);
  return {
    costMicroUsd: sumCost(billed),
    priceSource: unknown ? null : (payer?.price?.source ?? null),
    perAttempt: billed.map(({ attempt, pico }) => ({
      target: attempt.target,
      costMicroUsd: pico === null ? null : toMicroUsd(pico),
    })),
    charges: decision.reservations.map((reservation) => {
      const counted = countedBy(reservation, billed);
      const overrun = overrunOf(reservation, counted);
      return {
        counter: reservation.counter,
        held: reservation.amount,
        amount: chargeOf(reservation, counted),
        ...(overrun === 0 ? {} : { overrun }),
      };
    }),
    estimated: attempts.some(({ usage, estimated }) => usage !== null && estimated),
  };
}

/**
 * The decision with its holds raised by what the attempts so far were billed, so that the next one is covered as well: to be reserved before it starts. The
 * same decision when nothing was billed. `decision` is always the first one, before any raise. Pure.
 */
export function raiseHolds(
  snapshot: Pick<Snapshot, 'models'>,
  decision: Allowed,
  attempts: readonly Attempt[],
  nowMs: number,
): Allowed {
  const billed = attempts.map((attempt) => billOf(snapshot, decision, attempt, nowMs));
  if (billed.every(({ usage }) => usage === null)) return decision;
  const reservations = decision.reservations.map((reservation) => {
    const { unit } = reservation.counter;
    if (unit === 'requests' || unit === 'concurrency') return reservation;
    const spent = chargeOf(reservation, countedBy(reservation, billed));
    return spent === 0 ? reservation : { ...reservation, amount: reservation.amount + spent };
  });
  return { ...decision, reservations };
}

function billOf(snapshot: Pick<Snapshot, 'models'>, { plan }: Allowed, attempt: Attempt, nowMs: number): Billed {
  const model = plan.targets.find((target) => target.id === attempt.target)?.model ?? null;
  const price = model === null ? null : priceAt(snapshot.models.get(model), nowMs);
  const { usage } = attempt;
  const pico = usage === null || price === null ? null : picoCost(usage, price, attempt.images, attempt.searchUnits);
  return { attempt, usage, price, pico };
}

/** Billed without a price, or served without usage: an unpriced success must not give its hold back. */
function isUnknown({ attempt, usage, pico }: Billed): boolean {
  return pico === null && (usage !== null || attempt.outcome === 'ok');
}

function countedBy({ targets }: Reservation, billed: readonly Billed[]): readonly Billed[] {
  return targets === null ? billed : billed.filter(({ attempt }) => targets.includes(attempt.target));
}

function chargeOf({ counter, amount, targets }: Reservation, counted: readonly Billed[]): number {
  const unknown = counted.some(isUnknown);
  switch (counter.unit) {
    case 'cost':
      return unknown ? Math.max(amount, sumCost(counted)) : sumCost(counted);
    case 'requests':
      return targets === null || counted.length > 0 ? 1 : 0;
    case 'concurrency':
      return 0;
    default: {
      const used = sumTokens(counter.unit, counted);
      const isMissing = counted.some(({ attempt, usage }) => attempt.outcome === 'ok' && usage === null);
      return isMissing ? Math.max(amount, used) : used;
    }
  }
}

/** Every attempt is covered by a hold of that amount of its own: what one was billed beyond it, nothing had set aside. */
function overrunOf(reservation: Reservation, counted: readonly Billed[]): number {
  let overrun = 0;
  for (const each of counted) overrun += Math.max(0, chargeOf(reservation, [each]) - reservation.amount);
  return overrun;
}

function sumCost(billed: readonly Billed[]): MicroUsd {
  return toMicroUsd(billed.reduce((sum, { pico }) => sum + (pico ?? 0n), 0n));
}

function sumTokens(unit: Exclude<LimitUnit, 'cost' | 'requests' | 'concurrency'>, billed: readonly Billed[]): number {
  let sum = 0;
  for (const { usage } of billed) {
    if (unit !== 'outputTokens') sum += inputTokens(usage ?? NO_USAGE);
    if (unit !== 'inputTokens') sum += outputTokens(usage ?? NO_USAGE);
  }
  return sum;
}
