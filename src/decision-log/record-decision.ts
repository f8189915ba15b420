import type { Decision } from '#decision';
import type { FinishedCall } from './finished-call.ts';
import type { RecordedDecision } from './record.gen.ts';
import { maskKey } from './record-facts.ts';
import type { MaskedRequest } from './record-request.ts';
import type { Unfinished } from './unfinished.ts';

/** What was decided, less the raw values that the request had replaced. Pure. */
export function recordDecision(
  call: FinishedCall,
  decision: Decision,
  replaced: MaskedRequest['replaced'],
): RecordedDecision {
  const recorded = { route: decision.route } as Unfinished<RecordedDecision>;
  if (call.isInline) recorded.inline = true;
  if (decision.kind === 'deny') {
    const { status, code, skipped } = decision;
    recorded.allowed = false;
    recorded.status = status;
    recorded.code = code;
    recorded.reason = code;
    recorded.skipped = skipped.map(recordSkip);
    return recorded;
  }
  const { plan, reservations, notes } = decision;
  recorded.chain = plan.chain;
  recorded.allowed = true;
  recorded.targets = plan.targets.map(({ id }) => id);
  recorded.skipped = plan.skipped.map(recordSkip);
  recorded.notes = notes.length === 0 ? [] : [...new Set(notes.map(({ kind }) => kind))];
  recorded.reservations = reservations.map(({ counter, amount }) => ({
    counter: maskKey(counter.key, replaced),
    budget: counter.budget,
    amount,
  }));
  return recorded;
}

function recordSkip({ id, reason, detail }: Extract<Decision, { kind: 'deny' }>['skipped'][number]) {
  return { target: id, reason, detail };
}
