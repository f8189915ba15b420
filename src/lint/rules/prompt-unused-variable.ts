import { splitPromptText } from '#policy';
import type { Rule } from '../rule.ts';

/** A variable for nobody. */
export const promptUnusedVariable: Rule = {
  meta: {
    id: 'prompt/unused-variable',
    severity: 'warn',
    since: '2026-12',
    summary: 'A prompt declares a variable that neither of its texts names.',
    why: 'Somebody took the sentence out, or forgot to write it: the model does not learn what the policy seems to tell it.',
    bad: `
kind: Route
metadata: { name: support }
spec:
  match: {}
  prompt:
    append: "Answer in one sentence."
    variables: { topic: { metadata: topic, default: general, values: [returns] } }`,
    good: `
kind: Route
metadata: { name: support }
spec:
  match: {}
  prompt:
    append: "Answer in one sentence about {{topic}}."
    variables: { topic: { metadata: topic, default: general, values: [returns] } }`,
  },
  check({ every }) {
    return every('Route').flatMap((route) => {
      const { prepend, append, variables } = route.spec.prompt ?? {};
      const named = new Set(
        [prepend ?? '', append ?? '']
          .flatMap(splitPromptText)
          .map((piece) => (typeof piece === 'string' ? null : piece.name)),
      );
      return Object.keys(variables ?? {})
        .filter((name) => !named.has(name))
        .map((name) => ({
          at: route.atKey('prompt', 'variables', name),
          subject: route.key,
          message: `no text of route \`${route.name}\` names the variable \`${name}\``,
          hint: `Write \`{{${name}}}\` where it belongs, or remove it.`,
        }));
    });
  },
};
