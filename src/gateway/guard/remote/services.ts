import { askAzureContentSafety } from './azure-content-safety.ts';
import { askBedrockGuardrail } from './bedrock-guardrail.ts';
import { askJwtCheck } from './jwt-check.ts';
import { askModelJudge } from './model-judge.ts';
import { askModeration } from './moderation.ts';
import type { Remote } from './remote-question.ts';
import { askWebhook } from './webhook.ts';

/** The services that can be asked, by the name that compiled checks give them. */
export const REMOTES: ReadonlyMap<string, Remote> = new Map<string, Remote>([
  ['azure-content-safety', askAzureContentSafety],
  ['bedrock-guardrail', askBedrockGuardrail],
  ['jwt-check', askJwtCheck],
  ['model-judge', askModelJudge],
  ['moderation', askModeration],
  ['webhook', askWebhook],
]);
