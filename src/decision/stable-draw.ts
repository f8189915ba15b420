import { sha256 } from '#core';

const HEX_DIGITS = 13;
const RANGE = 2 ** (4 * HEX_DIGITS);

/** A number in [0, 1) that depends on the text alone: the same on every machine and in every release. Pure. */
export function stableDraw(text: string): number {
  return Number.parseInt(sha256(text).slice(0, HEX_DIGITS), 16) / RANGE;
}
