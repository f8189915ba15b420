/** What stands out in the figures of a report and can be acted on. Pure. */
export { type Advice, adviceOn } from './advice.ts';
/** Reads what a report says of a span: the usage ledger and decision records. Effects: reads them. */
export { gatherFigures, type ReportSources } from './gather-figures.ts';
/** The figures of several ledgers as those of one. Pure. */
export { mergeFigures } from './merge-figures.ts';
/** All figures of a report. Money in micro-USD. */
export type { DayFigures, LineFigures, ReportFigures } from './report-figures.ts';
/** A report as a mail page with its images. */
export { type ReportPage, writeReport } from './report-page.ts';
/** Report documents with their defaults. Pure. */
export { plainReport, type ReportRule, type ReportSection, reportRules } from './report-rule.ts';
/** When a report is due, and the span that it covers; through every change of the clock. Pure. */
export { lastDue, nextDue, type ReportSpan, spanBefore } from './report-time.ts';
