import { asObject, canonicalJson, compareText, isObject } from '#core';
import type { LintContext } from '../context.ts';
import { compareRank, type RankedRoute } from '../route-space.ts';
import type { Rule } from '../rule.ts';

/** Two files for one decision. */
export const routeCouldMerge: Rule = {
  meta: {
    id: 'route/could-merge',
    severity: 'info',
    summary: 'Two routes of one owner do the same and differ in the values of a single condition.',
    why: 'The next change is made in one of them. A list in one route says the same, and cannot drift.',
    bad: `
kind: Route
metadata: { name: faq }
spec: { match: { paths: [/api/faq] }, chain: quick }
---
kind: Route
metadata: { name: help }
spec: { match: { paths: [/api/help] }, chain: quick }`,
    good: `
kind: Route
metadata: { name: questions }
spec: { match: { paths: [/api/faq, /api/help] }, chain: quick }`,
    waive: 'When the routes are about to part, or are watched apart.',
  },
  check({ routes }: LintContext) {
    const bySense = Map.groupBy(routes, senseOf);
    return [...bySense.values()].flatMap((alike) => {
      const inOrder = alike.toSorted((a, b) => compareText(a.item.name, b.item.name));
      return inOrder.flatMap((route, at) => {
        const twin = inOrder.slice(0, at).find((other) => differInOneList(other, route));
        if (!twin) return [];
        const { file, line } = twin.item.atKey('match');
        return [
          {
            at: route.item.atKey('match'),
            subject: route.item.key,
            message: `route \`${route.item.name}\` does what \`${twin.item.name}\` does, for other values of the same condition`,
            hint: 'Write one route with a list of both.',
            related: [{ file, line, message: `\`${twin.item.name}\`` }],
          },
        ];
      });
    });
  },
};

/** Everything but the conditions. */
function senseOf({ item: { spec, metadata } }: RankedRoute): string {
  const { match, ...effect } = spec;
  return canonicalJson([effect, metadata.owner ?? null, metadata.environments ?? null, match.when ?? null]);
}

/** One merged route would rank where both do, so that no other route gains or loses a request. */
function differInOneList(a: RankedRoute, b: RankedRoute): boolean {
  if (compareRank(a, b) !== 0) return false;
  const [left, right] = [flatten(a.item.spec.match), flatten(b.item.spec.match)];
  if (left.size !== right.size || left.size === 0) return false;
  const different = [...left].filter(([path, values]) => right.get(path) !== values);
  return different.length === 1 && different.every(([path]) => right.has(path));
}

/** Path of each condition → its values. */
function flatten(match: object): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(match).flatMap(([field, value]) =>
      isObject(value)
        ? Object.entries(asObject(value)).map(([key, values]) => [`${field}.${key}`, canonicalJson(values)] as const)
        : [[field, canonicalJson(value)] as const],
    ),
  );
}
