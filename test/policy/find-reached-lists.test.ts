import assert from 'node:assert/strict';
import { it } from 'node:test';
import { compileInlineSnapshot } from '../support/compile-inline.ts';

/** Some of the providers whose models come from a published list. */
const LISTED = ['bedrock', 'novita', 'openrouter', 'together', 'venice'];

const chain = (target: string): string =>
  `kind: Route\nmetadata: { name: all }\nspec: { match: {}, chain: c }\n---\nkind: Chain\nmetadata: { name: c }\nspec: { targets: [${target}] }\n`;
const straight = (match: string): string => `kind: Route\nmetadata: { name: all }\nspec: { match: ${match} }\n`;

const cases: readonly (readonly [title: string, policies: string, reached: readonly string[]])[] = [
  ['nothing of what no document names', chain('{ id: a, model: openai/gpt-4o }'), []],
  ['the provider of a target’s model', chain('{ id: a, model: novita/baidu/cobuddy }'), ['novita']],
  ['a provider that takes the requested model', chain('{ id: a, provider: venice }'), ['venice']],
  ['everything, when a route sends any name straight', straight('{}'), LISTED],
  ['everything that a pattern fits', straight('{ models: ["to*"] }'), ['together']],
  ['a provider before the star', straight('{ models: ["openrouter/qwen/*"] }'), ['openrouter']],
  [
    'everything, when an environment takes a route’s chain away',
    `${chain('{ id: a, model: openai/gpt-4o }')}---\nkind: Environment\nmetadata: { name: development }\nspec: { overrides: [{ target: Route/all, path: chain, remove: true }] }\n`,
    LISTED,
  ],
  ['nothing for names without a star', straight('{ models: [gpt-4o] }'), []],
];

for (const [title, policies, reached] of cases) {
  it(`policies hold the listed models of ${title}`, () => {
    const { models, origins } = compileInlineSnapshot(policies);
    const listed = [...models.keys()].filter((name) =>
      origins.get(`Model/${name}`)?.file.startsWith('catalog/listed/'),
    );
    const providers = new Set(listed.map((name) => models.get(name)?.provider));
    assert.deepEqual(
      LISTED.filter((name) => providers.has(name)),
      reached,
    );
  });
}
