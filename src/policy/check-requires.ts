import { asObject, asString, type Diagnostic } from '#core';
import { type Effective, specOf } from './effective.ts';
import { errorAt } from './finding.ts';
import { isInRange, parseVersionRange } from './version-range.ts';
import type { World } from './world.ts';

/** `project/requires` where the tree is written for other versions than the running one, `schema/format` where it says so in no known form. Pure. */
export function checkRequires(world: World, version: string): readonly Diagnostic[] {
  return [...(world.byKind.get('Project')?.values() ?? [])].flatMap((project) => checkProject(project, version));
}

function checkProject(project: Effective, version: string): readonly Diagnostic[] {
  const requires = asString(asObject(specOf(project)).requires);
  if (requires === undefined) return [];
  const span = project.valueSpan(['spec', 'requires']);
  const range = parseVersionRange(requires);
  if (range === null) {
    return [
      errorAt(span, {
        rule: 'schema/format',
        message: `\`${requires}\` is no range of versions`,
        hint: 'Write it as `>=0.1 <2`, `^1.2` or `1.2.3 || >=2`.',
      }),
    ];
  }
  if (isInRange(version, range)) return [];
  return [
    errorAt(span, {
      rule: 'project/requires',
      message: `these policies require signalbox \`${requires}\`, and this is ${version}`,
      hint: 'Run a version in that range, or widen the range once the policies are checked against this one.',
    }),
  ];
}
