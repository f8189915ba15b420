import type { Check } from './check.ts';
import { denyWords } from './checks/deny-words.ts';
import { emailAddress } from './checks/email-address.ts';

/** Every kind of check, by name. A new one is a file in checks/ and a line here. */
export const CHECKS: ReadonlyMap<string, Check> = new Map(
  [denyWords, emailAddress].map((check) => [check.name, check]),
);
