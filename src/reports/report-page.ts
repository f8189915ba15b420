import { type MailBlock, type MailImage, type MailPage, money, shortEnvironment } from '#alerts';
import { localDate } from '#decision';
import type { Snapshot } from '#snapshot';
import type { ReportFigures } from './report-figures.ts';
import type { ReportRule, ReportSection } from './report-rule.ts';
import { writeAdvice } from './sections/advice.ts';
import { writeCache } from './sections/cache.ts';
import { writeCost } from './sections/cost.ts';
import { writeErrors } from './sections/errors.ts';
import type { SectionInput } from './sections/section.ts';
import { writeSummary } from './sections/summary.ts';
import { writeTop } from './sections/top.ts';
import { successText, withTrend } from './texts.ts';
import { reportWords } from './words.ts';

/** A report as it is mailed: the page, its images, and the fact for the subject. */
export interface ReportPage {
  readonly subject: string;
  readonly page: MailPage;
  readonly images: readonly MailImage[];
}

const SECTIONS: Readonly<Record<ReportSection, (input: SectionInput) => Promise<MailBlock[]> | MailBlock[]>> = {
  summary: writeSummary,
  cost: writeCost,
  'top-tokens': writeTop,
  errors: writeErrors,
  cache: writeCache,
  advice: writeAdvice,
};

/** Writes a report. Loads the image encoder. */
export async function writeReport(rule: ReportRule, figures: ReportFigures, snapshot: Snapshot): Promise<ReportPage> {
  const words = reportWords(rule.language);
  const { totals, before, tally, span, timezone } = figures;
  const first = localDate(timezone, span.startMs);
  const last = localDate(timezone, span.endMs - 1);
  const dates = words.dates(first, last);
  const cost = withTrend(money(totals.costMicroUsd), totals.costMicroUsd, before?.costMicroUsd ?? null, words);
  const facts = words.list([cost, words.countOf(totals.requests)]);
  const title = words.says(`${words.title[rule.period]} ${dates}`, facts);
  const images: MailImage[] = [];
  const blocks: MailBlock[] = [];
  if (totals.requests + tally.requests === 0) blocks.push({ kind: 'paragraph', text: words.noTraffic });
  else {
    const input = { rule, figures, snapshot, words, images };
    for (const section of rule.sections) blocks.push(...(await SECTIONS[section](input)));
  }
  return {
    subject: `[${shortEnvironment(snapshot.environment)}] ${title}`,
    page: {
      language: rule.language,
      tone: 'info',
      badge: `Signalbox · ${snapshot.environment}`,
      title,
      preview: `${words.success} ${successText(tally.answered, tally.requests - tally.refused, words)}`,
      blocks,
      footer: [
        `${rule.name}${rule.at.file === '' ? '' : ` · ${rule.at.file}:${rule.at.line}`}`,
        `${dates}${words.note(timezone)} · ${snapshot.revision}`,
        ...(totals.unpriced > 0 ? [words.partial(totals.unpriced)] : []),
      ],
    },
    images,
  };
}
