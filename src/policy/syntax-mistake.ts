import type { YAMLError } from 'yaml';
import type { Mistake } from './mistake.ts';

const HINTS: Readonly<Partial<Record<YAMLError['code'], string>>> = {
  TAB_AS_INDENT: 'Indent with two spaces per level.',
  BAD_INDENT: 'Align the line with its siblings; two spaces per level.',
  BLOCK_AS_IMPLICIT_KEY:
    'Put the nested map on its own lines, or quote a value that contains a colon followed by a space.',
  BLOCK_IN_FLOW: 'Inside { } and [ ] write everything in flow style.',
  MULTILINE_IMPLICIT_KEY:
    'Write `key: value` on one line, with a space after the colon; check the quotes and brackets above.',
  BAD_SCALAR_START: 'Quote the value.',
  BAD_DQ_ESCAPE: 'Use single quotes where backslashes mean themselves.',
  KEY_OVER_1024_CHARS: 'Shorten the key.',
  MULTIPLE_ANCHORS: 'Keep one anchor.',
  MULTIPLE_TAGS: 'Remove the tags.',
};

const MISSING_CHAR_HINTS: readonly (readonly [RegExp, string])[] = [
  [/closing .quote/, 'Close the quote that starts here or before.'],
  [/map values/, 'Write `key: value`, with a space after the colon.'],
  [/, (or : )?between/, 'Separate the items with commas.'],
  [/Comments must/, 'Put a space before the #, or quote the value.'],
  [/directives-end/, 'Put `---` on a line of its own after the directive.'],
];

/** Our words for an error of the YAML parser: never the source text, which may hold a secret. Pure. */
export function syntaxMistake(error: YAMLError): Mistake {
  const [start, end] = error.pos;
  if (error.code === 'TAG_RESOLVE_FAILED' || error.code === 'BAD_COLLECTION_TYPE') {
    const message = 'this tag is not supported: policies are plain text, numbers, lists and maps';
    return { rule: 'yaml/tag', start, end, message, hint: 'Remove the tag; quote the value to keep a number as text.' };
  }
  if (error.message.includes('must be sufficiently indented and end with')) {
    const message = 'not valid YAML: a { or [ before this place is not closed, or its lines are indented too little';
    return {
      rule: 'yaml/syntax',
      start,
      end,
      message,
      hint: 'Close the bracket, and indent its lines deeper than its key.',
    };
  }
  const hint = error.code === 'MISSING_CHAR' ? missingCharHint(error.message) : HINTS[error.code];
  return { rule: 'yaml/syntax', start, end, message: describe(error), ...(hint !== undefined && { hint }) };
}

function describe(error: YAMLError): string {
  if (error.code === 'TAB_AS_INDENT') return 'a tab is used as indentation; YAML allows only spaces';
  if (error.code === 'BLOCK_AS_IMPLICIT_KEY') return 'a second `key:` on the line of the first';
  const bare = error.message.replace(/: ".*$/s, '').replace(/ at line \d+.*$/s, '');
  return `not valid YAML: ${bare.charAt(0).toLowerCase()}${bare.slice(1)}`;
}

function missingCharHint(message: string): string | undefined {
  return MISSING_CHAR_HINTS.find(([pattern]) => pattern.test(message))?.[1];
}
