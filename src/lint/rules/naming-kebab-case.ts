import type { Rule } from '../rule.ts';

/** Models are named as their providers name them; tests have sentences for names. */
const EXEMPT: ReadonlySet<string> = new Set(['Model', 'Test']);
const KEBAB_CASE = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** Names of many styles. */
export const namingKebabCase: Rule = {
  scope: 'tree',
  meta: {
    id: 'naming/kebab-case',
    severity: 'info',
    summary: 'A document name is not written in kebab-case.',
    why: 'Names stand in headers, metrics, file names and commands, and have to be typed at night. One style means that nobody has to remember which.',
    bad: `
kind: Consumer
metadata: { name: productTeam, owner: product }`,
    good: `
kind: Consumer
metadata: { name: product-team, owner: product }`,
    waive: 'When the name is that of something outside, such as an existing client.',
  },
  check({ parsed }) {
    return parsed.documents
      .filter(({ kind, name }) => !EXEMPT.has(kind) && !KEBAB_CASE.test(name))
      .map((document) => ({
        at: document.valueSpan(['metadata', 'name']),
        subject: `${document.kind}/${document.name}`,
        message: `the name \`${document.name}\` is not in kebab-case`,
        hint: `Write \`${toKebabCase(document.name)}\`, here and wherever it is named.`,
      }));
  },
};

function toKebabCase(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}
