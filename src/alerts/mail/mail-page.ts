/** What a mail says, apart from how it looks: written once, shown as HTML and as plain text. Every text is plain; the renderers escape it. */
export interface MailPage {
  /** Of the words: `en`, `ja`. */
  readonly language: string;
  readonly tone: MailTone;
  /** A word or two above the title. */
  readonly badge: string;
  readonly title: string;
  /** What the list of mails shows beside the subject. */
  readonly preview: string;
  readonly blocks: readonly MailBlock[];
  /** Small print. */
  readonly footer: readonly string[];
}

/** The colour of the head. */
export type MailTone = 'critical' | 'warning' | 'info' | 'good' | 'plain';

/** One part of the page, from top to bottom. */
export type MailBlock =
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'heading'; readonly text: string }
  /** Where something of its own begins. */
  | { readonly kind: 'section'; readonly text: string }
  | { readonly kind: 'facts'; readonly rows: readonly (readonly [label: string, value: string])[] }
  | { readonly kind: 'table'; readonly columns: readonly MailColumn[]; readonly rows: readonly (readonly string[])[] }
  /** With `hasCode`, what stands between backticks is shown as code: for texts of our own alone. */
  | { readonly kind: 'list'; readonly items: readonly string[]; readonly hasCode?: boolean }
  /** An attachment that shows bars, by its content id; with what its uppermost line stands for, and what stands below each bar. */
  | {
      readonly kind: 'chart';
      readonly cid: string;
      readonly alt: string;
      readonly title: string;
      readonly top: string;
      readonly labels: readonly string[];
      readonly legend: readonly { readonly text: string; readonly colour: string }[];
      /** The same bars for a page of text; shares of the value at the top. Pale ones are the first of the legend. */
      readonly bars: readonly {
        readonly label: string;
        readonly text: string;
        readonly share: number;
        readonly isPale: boolean;
      }[];
    }
  /** Where in the policies it is written. */
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'links'; readonly links: readonly { readonly text: string; readonly url: string }[] };

/** Figures stand to the right. */
export interface MailColumn {
  readonly text: string;
  readonly align?: 'left' | 'right';
}
