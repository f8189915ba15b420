import type { Snapshot } from '#snapshot';
import {
  actionOf,
  type BudgetCheck,
  budgetDenial,
  checkBudgets,
  downgradeNote,
  reservationsFor,
  storeDenial,
  unpricedDenial,
  unreadNote,
  warnNote,
} from './budgets.ts';
import { denyTooDear, skipText } from './denials.ts';
import type { GateContext } from './gates.ts';
import { type MadePlan, planChain } from './make-plan.ts';
import { placeOf } from './place.ts';
import type { Decision, Note } from './types.ts';

/**
 * Asks every budget in scope about a plan. A budget that hands over to its chain has the request planned again with that chain, whose targets pass
 * the same gates; a cheaper plan can also satisfy a budget that would have refused. Each budget hands over once, so this ends. Pure.
 */
export function admit(snapshot: Snapshot, context: GateContext, first: MadePlan): Decision {
  const { request, route, facts } = context;
  const handedOver = new Set<string>();
  const notes: Note[] = [];
  let made = first;
  for (;;) {
    const tooDear = denyTooDear(snapshot, route, made);
    if (tooDear !== null) return tooDear;
    const checks = checkBudgets({ snapshot, request, route, targets: made.targets, facts });
    const next = nextHandover(checks, context, handedOver);
    if (next === null) return verdict(snapshot, context, made, checks, handedOver, notes);
    handedOver.add(next.check.use.budget.name);
    notes.push(downgradeNote(snapshot, next.check, next.chain));
    if (made.plan.chain === next.chain) continue;
    const chain = snapshot.chains.get(next.chain);
    const replanned = chain === undefined ? null : planChain(snapshot, chain, context);
    if (replanned === null || replanned.targets.length === 0) {
      const skipped = replanned?.plan.skipped ?? [];
      const more = `; no target of its chain ${next.chain} is left: ${skipped.map(skipText).join(', ')}`;
      return { ...budgetDenial(snapshot, route.name, next.check, facts, more), skipped };
    }
    // What the route would have answered with stays the measure: a cheaper chain's answer is a lower one.
    const { firstTier = null } = first.plan;
    made = { ...replanned, plan: { ...replanned.plan, firstTier } };
  }
}

function nextHandover(
  checks: readonly BudgetCheck[],
  { facts }: GateContext,
  handedOver: ReadonlySet<string>,
): { readonly check: BudgetCheck; readonly chain: string } | null {
  for (const check of checks) {
    const action = actionOf(check, facts);
    if (action.kind === 'chain' && !handedOver.has(check.use.budget.name)) return { check, chain: action.chain };
  }
  return null;
}

function verdict(
  snapshot: Snapshot,
  { request, route, facts }: GateContext,
  made: MadePlan,
  checks: readonly BudgetCheck[],
  handedOver: ReadonlySet<string>,
  handovers: readonly Note[],
): Decision {
  const notes = [...handovers];
  for (const check of checks) {
    if (handedOver.has(check.use.budget.name)) continue;
    const action = actionOf(check, facts);
    if (action.kind === 'unread') return storeDenial(snapshot, route.name, check);
    if (check.unpricedTarget !== null) return unpricedDenial(snapshot, route.name, check);
    if (action.kind === 'deny') return budgetDenial(snapshot, route.name, check, facts);
    if (facts.countersUnread === true) notes.push(unreadNote(snapshot, check));
    if (action.kind === 'warn') notes.push(warnNote(snapshot, check));
  }
  const clamped = made.targets.find(({ clampedTo }) => clampedTo !== null);
  if (clamped !== undefined) {
    const at = placeOf(snapshot, `Route/${route.name}`, 'limits.maxOutputTokens', 'limits');
    notes.push({ kind: 'output-clamped', text: `output is limited to ${clamped.clampedTo} tokens`, at });
  }
  if (request.trimmed !== undefined) {
    const { messages, inputTokens } = request.trimmed;
    const at = placeOf(snapshot, `Route/${route.name}`, 'prompt.trim', 'prompt');
    const what = messages === null ? 'old turns are' : `${messages} old messages are`;
    const text = `${what} left out: about ${request.inputTokens} of ${inputTokens} input tokens go on`;
    notes.push({ kind: 'input-trimmed', text, at });
  }
  const reservations = reservationsFor(checks, facts, handedOver);
  return { kind: 'allow', route: route.name, plan: made.plan, reservations, notes };
}
