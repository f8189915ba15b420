import type { JsonObject } from '#core';
import type { ParsedDocument, ParsedPolicies, Path } from '#policy';
import type { Rule } from '../rule.ts';
import { scalarsOf } from '../texts-of.ts';

/** Words that YAML 1.1 reads as true or false, and YAML 1.2 as words. */
const SWITCHES = /^(?:y|yes|no|n|on|off)$/i;
/** A number to one reader, a time of day, an octal or a version to another. */
const NUMBERS = /^(?:[-+]?0\d+|\d{1,3}(?::[0-5]\d)+)$/;
const VERSION = /^\d+\.\d*0$/;

/** A value that two readers read differently. */
export const yamlAmbiguousScalar: Rule = {
  meta: {
    id: 'yaml/ambiguous-scalar',
    severity: 'info',
    summary: 'A value without quotes is a word or number here and something else to other YAML readers.',
    why: '`off` and `no` are false to half of the tools that will read this file, `010` is eight or ten, `12:30` is 750, and `1.10` is no longer the version 1.10 anywhere. Quotes say what was meant.',
    bad: `
kind: Cache
metadata: { name: never }
spec: { mode: off }`,
    good: `
kind: Cache
metadata: { name: never }
spec: { mode: "off" }`,
    options:
      'A trailing zero, as in `1.10`, is told only in keys of your own (`x-…`): elsewhere the schema knows what is a number.',
  },
  scope: 'tree',
  check({ parsed }) {
    return parsed.documents.flatMap((document) =>
      scalarsOf(document)
        .filter(({ path, value }) => isAmbiguous(document, path, value, parsed))
        .map(({ path }) => ({
          at: document.valueSpan(path),
          subject: `${document.kind}/${document.name}`,
          message: `\`${sourceOf(document, path, parsed)}\` is read differently by different YAML readers`,
          hint: 'Put it in quotes if it is a text; write the number without leading or trailing zeros if it is one.',
        })),
    );
  },
};

function isAmbiguous(
  document: ParsedDocument & { readonly value: JsonObject },
  path: Path,
  value: string | number,
  parsed: ParsedPolicies,
): boolean {
  // Most values are told apart without a look at the text.
  if (typeof value === 'string' ? !SWITCHES.test(value) && !NUMBERS.test(value) : false) return false;
  const source = sourceOf(document, path, parsed);
  if (SWITCHES.test(source) || NUMBERS.test(source)) return true;
  return VERSION.test(source) && path.some((key) => typeof key === 'string' && key.startsWith('x-'));
}

function sourceOf(document: ParsedDocument, path: Path, { texts }: ParsedPolicies): string {
  const { file, start, end } = document.valueSpan(path);
  return texts.get(file)?.slice(start, end) ?? '';
}
