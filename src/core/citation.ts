import type { DialectName } from './capabilities.ts';
import type { JsonObject } from './json.ts';

/** What words of an answer rest on. */
export interface Citation {
  /**
   * The words in their text part, in characters (Unicode code points) from 0, the end exclusive; both absent where the
   * provider ties the source to the part as a whole.
   */
  readonly start?: number;
  readonly end?: number;
  readonly source: CitationSource;
  /** The passage of the source, in the source's words. */
  readonly passage?: string;
  /** As its own dialect says it: written again as it is for a caller of that dialect. */
  readonly own?: { readonly dialect: DialectName; readonly value: JsonObject };
}

/** Where a citation leads: a page of the web, a document of the request, a file at the provider, the result of a tool. */
export type CitationSource =
  | { readonly kind: 'url'; readonly url: string; readonly title?: string }
  | { readonly kind: 'document'; readonly index?: number; readonly id?: string; readonly title?: string }
  | { readonly kind: 'file'; readonly id: string; readonly name?: string }
  | { readonly kind: 'tool'; readonly id: string };
