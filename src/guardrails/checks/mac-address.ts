import { standsApart } from '../boundaries.ts';
import type { Check } from '../check.ts';
import { holdWord } from '../hold.ts';
import { spansOf } from '../spans-of.ts';

const ADDRESS =
  /(?<![A-Za-z\d_])(?:[\dA-Fa-f]{2}(?:(?::[\dA-Fa-f]{2}){5}|(?:-[\dA-Fa-f]{2}){5})|[\dA-Fa-f]{4}\.[\dA-Fa-f]{4}\.[\dA-Fa-f]{4})/g;

/** Hardware addresses. */
export const macAddress: Check = {
  name: 'mac-address',
  summary: 'Hardware addresses of network cards, written with colons, dashes or dots.',
  compile: () => ({
    kind: 'spans',
    label: 'MAC',
    reach: 22,
    hold: holdWord,
    find: (text) => spansOf(text, ADDRESS, isAddress),
  }),
  sample: {
    options: {},
    hit: { kind: 'text', text: 'The printer is 00:1A:2B:3C:4D:5E.' },
    miss: { kind: 'text', text: 'The printer is 00:1A:2B:3C:4D:5G.' },
  },
};

function isAddress(match: RegExpExecArray, text: string): boolean {
  const end = match.index + match[0].length;
  // A longer chain of pairs is a hash or an address of another kind.
  if (/[:-]/.test(text[match.index - 1] ?? '') && /[\dA-Fa-f]/.test(text[match.index - 2] ?? '')) return false;
  if (/^[:-][\dA-Fa-f]{2}/.test(text.slice(end, end + 3))) return false;
  return standsApart(text, match.index, end) && !/^(?:0[0.:-]*|[Ff.:-]*)$/.test(match[0].replace(/0{2}/g, '0'));
}
