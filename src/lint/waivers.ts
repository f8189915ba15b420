import type { LintContext } from './context.ts';
import { startOfDate } from './dates.ts';
import type { RuleFinding, RuleMeta } from './rule.ts';

/** A finding together with the rule that made it. */
export interface Found {
  readonly meta: RuleMeta;
  readonly finding: RuleFinding;
}

/** Findings after waivers: those that remain, those that were accepted, and what is wrong with the waivers themselves. */
export interface Waived {
  readonly kept: readonly Found[];
  readonly accepted: readonly Found[];
  /** Names of waivers that accepted something. */
  readonly used: ReadonlySet<string>;
}

/** The rule about waivers that no longer hold. */
export const WAIVER_EXPIRED: RuleMeta = Object.freeze({
  id: 'waiver/expired',
  severity: 'error',
  summary: 'A waiver is past its day, or gives no reason.',
  why: 'An exception "for now" that nobody looks at again is a rule removed. An expired waiver accepts nothing: what it covered is reported again beside it.',
  bad: `
kind: Chain
metadata: { name: embeddings }
spec: { targets: [{ id: one, model: openai/text-embedding-3-small, timeouts: { total: 15s } }] }
---
kind: Waiver
metadata: { name: one-model }
spec: { rule: fallback/none, subject: Chain/embeddings, reason: Vectors of two models cannot be compared., expires: 2020-01-01 }`,
  good: `
kind: Chain
metadata: { name: embeddings }
spec: { targets: [{ id: one, model: openai/text-embedding-3-small, timeouts: { total: 15s } }] }
---
kind: Waiver
metadata: { name: one-model }
spec: { rule: fallback/none, subject: Chain/embeddings, reason: Vectors of two models cannot be compared., expires: 2099-01-01 }`,
});

/** The rule about waivers that accept nothing. */
export const WAIVER_UNUSED: RuleMeta = Object.freeze({
  id: 'waiver/unused',
  severity: 'info',
  summary: 'A waiver covers no finding in any environment.',
  why: 'The problem is gone, or the rule or subject is misspelt; either way the next real finding of this kind would be swallowed unseen.',
  fix: 'Removes a waiver that covers nothing, where its file holds other documents too.',
  bad: `
kind: Chain
metadata: { name: premium }
spec: { defaults: { timeouts: { total: 30s } }, targets: [{ id: gpt, model: openai/gpt-4o }, { id: claude, model: anthropic/claude-sonnet-4-5 }] }
---
kind: Waiver
metadata: { name: one-model }
spec: { rule: fallback/none, subject: Chain/premium, reason: There was one model once., expires: 2099-01-01 }`,
  good: `
kind: Chain
metadata: { name: premium }
spec: { defaults: { timeouts: { total: 30s } }, targets: [{ id: gpt, model: openai/gpt-4o }] }
---
kind: Route
metadata: { name: default }
spec: { match: {}, chain: premium }
---
kind: Waiver
metadata: { name: one-model }
spec: { rule: fallback/none, subject: Chain/premium, reason: The second contract begins in spring., expires: 2099-01-01 }`,
});

/** Takes away what valid waivers of the environment accept, and reports the invalid ones. Pure. */
export function applyWaivers(found: readonly Found[], { every, nowMs }: LintContext): Waived {
  const waivers = every('Waiver');
  const expired: Found[] = [];
  const valid = waivers.filter((waiver) => {
    const endMs = startOfDate(waiver.spec.expires);
    const isOver = endMs !== null && endMs <= nowMs;
    if (!isOver && waiver.spec.reason) return true;
    const finding: RuleFinding = isOver
      ? {
          at: waiver.at('expires'),
          subject: waiver.key,
          message: `waiver \`${waiver.name}\` expired on ${String(waiver.spec.expires).slice(0, 10)}: what it covers is reported again`,
          hint: `Fix the finding of \`${waiver.spec.rule}\`, or agree on a new day.`,
        }
      : {
          at: waiver.atName(),
          subject: waiver.key,
          message: `waiver \`${waiver.name}\` gives no reason, so it accepts nothing`,
          hint: 'Say in `reason` why the finding is accepted.',
        };
    expired.push({ meta: WAIVER_EXPIRED, finding });
    return false;
  });
  const kept: Found[] = [];
  const accepted: Found[] = [];
  const used = new Set<string>();
  for (const each of found) {
    const covering = valid.filter(
      ({ spec }) => spec.rule === each.meta.id && covers(spec.subject, each.finding.subject),
    );
    for (const { name } of covering) used.add(name);
    (covering.length > 0 ? accepted : kept).push(each);
  }
  return { kept: [...kept, ...expired], accepted, used };
}

/** `Kind/name` covers the document, `Kind/name:path` too: findings are about documents. */
function covers(waived: string, subject: string): boolean {
  return waived === subject || waived.startsWith(`${subject}:`);
}
