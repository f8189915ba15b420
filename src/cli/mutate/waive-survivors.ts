import { asObject } from '#core';
import type { ParsedDocument } from '#policy';
import type { WaiverSpec } from '#snapshot';
import type { Mutant } from './find-mutants.ts';

/** The rule that a waiver names to accept survivors. */
const RULE = 'test/survivor';

/** Survivors after waivers. */
export interface WaivedSurvivors {
  readonly survivors: readonly Mutant[];
  readonly waived: number;
}

/**
 * Takes away what waivers of `test/survivor` accept that give a reason and are not over: `Chain/quick` covers the document, `Chain/quick:sticky` one part of it and what
 * stands below. Pure.
 */
export function waiveSurvivors(
  survivors: readonly Mutant[],
  documents: readonly ParsedDocument[],
  nowMs: number,
): WaivedSurvivors {
  const subjects = documents
    .filter(({ kind }) => kind === 'Waiver')
    // Validated against its schema when it was parsed.
    .map(({ value }) => asObject(value.spec) as unknown as WaiverSpec)
    .filter(({ rule, reason, expires }) => rule === RULE && reason !== undefined && !isOver(expires, nowMs))
    .map(({ subject }) => subject);
  const kept = survivors.filter((mutant) => !subjects.some((subject) => covers(subject, mutant)));
  return { survivors: kept, waived: survivors.length - kept.length };
}

function isOver(expires: string | undefined, nowMs: number): boolean {
  return expires !== undefined && Date.parse(expires) <= nowMs;
}

function covers(waived: string, { subject, path }: Mutant): boolean {
  if (waived === subject) return true;
  if (!waived.startsWith(`${subject}:`)) return false;
  const part = waived.slice(subject.length + 1);
  return path === part || path.startsWith(`${part}.`) || path.startsWith(`${part}[`);
}
