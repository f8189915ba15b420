import type { ReportSpec, Snapshot } from '#snapshot';

/** A part of a report, in the words of the document. */
export type ReportSection = 'summary' | 'cost' | 'top-tokens' | 'errors' | 'cache' | 'advice';

/** A Report document with its defaults. */
export interface ReportRule {
  readonly name: string;
  readonly schedule: string;
  readonly timezone: string;
  readonly period: 'day' | 'week' | 'month';
  /** Names of receivers. */
  readonly to: readonly string[];
  readonly sections: readonly ReportSection[];
  readonly language: 'en' | 'ja';
  readonly at: { readonly file: string; readonly line: number };
}

const SECTIONS: readonly ReportSection[] = ['summary', 'cost', 'top-tokens', 'errors', 'cache', 'advice'];

/** What `signalbox report` shows where no document says otherwise: the week before, everything, for nobody. Pure. */
export function plainReport(timezone: string): ReportRule {
  return {
    ...{
      name: 'report',
      schedule: '0 9 * * MON',
      timezone,
      period: 'week',
      to: [],
      sections: SECTIONS,
      language: 'en',
    },
    at: { file: '', line: 0 },
  };
}

/** The Report documents of a snapshot's environment. Pure. */
export function reportRules(snapshot: Snapshot): readonly ReportRule[] {
  return snapshot.carried.flatMap(({ kind, name, spec: written }): ReportRule | [] => {
    if (kind !== 'Report') return [];
    const spec = written as unknown as ReportSpec;
    const plain = plainReport(spec.timezone ?? snapshot.project.timezone ?? 'UTC');
    const { schedule, to, period, sections, language } = spec;
    const own = { ...(period && { period }), ...(sections && { sections }), ...(language && { language }) };
    const { file, line } = snapshot.origins.get(`Report/${name}`) ?? plain.at;
    return { ...plain, ...own, name, schedule, to, at: { file, line } };
  });
}
