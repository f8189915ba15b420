import type { CheckContext, RouteGuard, Tally, Vault } from '#guardrails';
import type { Cancellation } from '#upstream';

/** The guardrails of one request, and what they have come to. */
export interface GuardUse {
  readonly guard: RouteGuard;
  /** What was masked on the way in. */
  readonly vault: Vault;
  readonly tally: Tally;
  readonly instructions: () => readonly string[];
  /** Ends the call of a stream that is blocked. */
  readonly cancellation: Cancellation;
}

/** Whether answers have to be read, rather than handed through as they come. Pure. */
export function readsAnswers(use: GuardUse | null): use is GuardUse {
  return use !== null && (use.guard.output !== null || use.vault.isRestoring());
}

/** What a check of that stage may know beside the text. */
export function contextOf({ instructions }: GuardUse, stage: CheckContext['stage']): CheckContext {
  return {
    stage,
    get instructions() {
      return instructions();
    },
  };
}
