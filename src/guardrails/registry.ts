import type { Check } from './check.ts';
import { azureContentSafety } from './checks/azure-content-safety.ts';
import { denyWords } from './checks/deny-words.ts';
import { emailAddress } from './checks/email-address.ts';
import { modelJudge } from './checks/model-judge.ts';
import { moderation } from './checks/moderation.ts';
import { webhook } from './checks/webhook.ts';

/** Every kind of check, by name. A new one is a file in checks/ and a line here. */
export const CHECKS: ReadonlyMap<string, Check> = new Map(
  [
    // A comment line between keeps the list one to a line.
    azureContentSafety,
    denyWords,
    emailAddress,
    modelJudge,
    moderation,
    webhook,
  ].map((check) => [check.name, check]),
);
