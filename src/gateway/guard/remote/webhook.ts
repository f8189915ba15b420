import type { Verdict } from '#guardrails';
import type { RemoteQuestion } from './remote-question.ts';

/** A service of one’s own. */
export function askWebhook(_question: RemoteQuestion): Promise<Verdict> {
  return Promise.reject(new Error('not written'));
}
