import { parseShare } from '#core';
import { UsageError } from '../usage-error.ts';

/** A share of an option, as `80%` or `80`. Throws `UsageError`. */
export function readShare(option: string, text: string): number {
  const share = parseShare(text.endsWith('%') ? text : `${text}%`);
  if (share !== null && share <= 1) return share;
  throw new UsageError(`${option} is a share from 0% to 100%, not ${JSON.stringify(text)}`);
}
