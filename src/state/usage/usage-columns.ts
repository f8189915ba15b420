import type { SQLInputValue } from 'node:sqlite';
import { NO_USAGE, TOKEN_CLASSES, type TokenClass } from '#core';
import type { UsageCharge, UsageEntry } from './usage-entry.ts';

/** A quarter of an hour. */
export const SLICE_MS = 900_000;

/** The column of each token class. */
export const TOKEN_COLUMNS: Readonly<Record<TokenClass, string>> = {
  input: 'input',
  cacheRead: 'cache_read',
  cacheWrite: 'cache_write',
  cacheWrite1h: 'cache_write_1h',
  output: 'output',
  reasoning: 'reasoning',
  audioInput: 'audio_input',
  audioOutput: 'audio_output',
};

/** What is paid by the piece; behind all other columns, where the second layout has put them. */
export const PIECE_COLUMNS = { images: 'images', searchUnits: 'search_units' } as const;

/** The row of a charge, in the order of the table. Pure. */
export function chargeColumns(entry: UsageEntry, charge: UsageCharge, part: number): SQLInputValue[] {
  const { id, atMs, environment, revision, consumer, team, route, chain, endpoint, status, code, fallback } = entry;
  const { target, provider, model, costMicroUsd, priceSource, priceFromMs, estimated } = charge;
  const billed = entry.charges.filter(({ usage }) => usage !== null).length;
  return [
    ...[
      id,
      rowOf(entry, part),
      atMs,
      environment,
      revision,
      consumer,
      team,
      route,
      chain,
      target,
      provider,
      model,
      endpoint,
    ],
    ...tokenColumns(charge),
    ...[costMicroUsd, priceSource, priceFromMs, Number(estimated), status, code, fallback],
    ...[entry.attempts, billed, part === 0 ? entry.savedMicroUsd : 0, ...pieceColumns(charge)],
  ];
}

/** The rows of a lease stand beside those of the request's own account: numbered by the time it ended, below zero when taken back. */
function rowOf({ lease }: UsageEntry, part: number): number {
  if (lease === undefined) return part;
  return lease.kind === 'ended' ? lease.endedMs : -lease.endedMs;
}

/** What a charge adds to its quarter of an hour: the key, then the sums. Pure. */
export function sliceColumns(entry: UsageEntry, charge: UsageCharge, part: number): SQLInputValue[] {
  const { atMs, consumer, team, route, status, fallback, charges, savedMicroUsd } = entry;
  const isFirst = part === 0;
  const sign = entry.lease?.kind === 'undone' ? -1 : 1;
  const once = (holds: boolean) => sign * Number(isFirst && holds);
  return [
    ...[Math.floor(atMs / SLICE_MS) * SLICE_MS, consumer, team, route, charge.provider, charge.model],
    ...[once(true), once(status >= 400), once(fallback !== null)],
    once(charges.some(({ estimated }) => estimated)),
    once(charges.some(({ costMicroUsd }) => costMicroUsd === null)),
    ...tokenColumns(charge),
    ...[charge.costMicroUsd ?? 0, isFirst ? savedMicroUsd : 0, ...pieceColumns(charge)],
  ];
}

function tokenColumns({ usage }: UsageCharge): number[] {
  return TOKEN_CLASSES.map((name) => wholeNumber((usage ?? NO_USAGE)[name]));
}

function pieceColumns({ images, searchUnits }: UsageCharge): number[] {
  return [wholeNumber(images), wholeNumber(searchUnits)];
}

/** Providers report what they like; a count that is no whole number from 0 is cut to one, as pricing does. */
function wholeNumber(count: number): number {
  return Number.isFinite(count) && count > 0 ? Math.floor(count) : 0;
}
