import type { MailTone } from './mail-page.ts';

/** The colours of a head, on a light and on a dark ground. */
export interface ToneColours {
  readonly ink: string;
  readonly wash: string;
  readonly darkInk: string;
  readonly darkWash: string;
}

/** By what the page is about. */
export const TONES: Readonly<Record<MailTone, ToneColours>> = {
  critical: { ink: '#b42318', wash: '#fef3f2', darkInk: '#fda29b', darkWash: '#3a1512' },
  warning: { ink: '#b54708', wash: '#fffaeb', darkInk: '#fec84b', darkWash: '#3a230d' },
  info: { ink: '#175cd3', wash: '#eff8ff', darkInk: '#84caff', darkWash: '#102a56' },
  good: { ink: '#067647', wash: '#ecfdf3', darkInk: '#75e0a7', darkWash: '#0b3526' },
  plain: { ink: '#344054', wash: '#f9fafb', darkInk: '#cecfd2', darkWash: '#1f242f' },
};

/**
 * On paper and in a PDF: no grey ground; no line of a table, no chart and no list cut in two; no heading apart from what it heads; charts as wide as what stands below their bars. The outer tables, which hold the whole page, may be cut: else what is longer than a
 * sheet would begin on the next.
 */
const PRINT =
  '@page{margin:14mm}@media print{.ground{background:#fff!important;padding:0!important}.card{border:0!important;max-width:none!important}' +
  '.whole img{max-width:none!important}.rows tr,.whole,img,li{break-inside:avoid}h1,h2,thead{break-after:avoid}' +
  '*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}';

/** Lines break between phrases where a browser knows them, instead of within a word or a date. */
const JAPANESE = 'h1:lang(ja),p:lang(ja),li:lang(ja),td:lang(ja){word-break:auto-phrase}';

/** What stands in place is for clients that read no styles in the head; those that do are asked for a dark page where their reader has one. */
export function headStyles({ darkInk, darkWash }: ToneColours): string {
  return `${PRINT}${JAPANESE}@media screen and (prefers-color-scheme:dark){.ground{background:#0c111d!important}.card{background:#161b26!important;border-color:#333741!important}.card,.strong{color:#f5f5f6!important}.soft{color:#a3a8b3!important}.edge{border-color:#333741!important}.code{background:#1f242f!important}.button{background:#cecfd2!important;color:#0c111d!important}.head{background:${darkWash}!important;border-top-color:${darkInk}!important}.badge{color:${darkInk}!important}}`;
}
