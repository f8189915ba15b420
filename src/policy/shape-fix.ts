import { TEXT_FORMATS } from './formats.ts';
import type { ShapeFix } from './shape-mistake.ts';
import { suggest } from './suggest.ts';

/** Texts that read the same with brackets or quotes around them, in block and in flow style. */
const PLAIN = /^[\w./-]+$/;

/** The candidate that is meant when only one can be; undefined when another is close as well. Pure. */
export function onlyMeaning(word: string, candidates: readonly string[]): string | undefined {
  const meant = suggest(word, candidates);
  if (meant === undefined || fold(meant) === fold(word)) return meant;
  const others = candidates.filter((candidate) => candidate !== meant);
  return suggest(word, others) === undefined ? meant : undefined;
}

/** Puts the one meaning of a misspelt word in its place. Pure. */
export function spellingFix(word: string, candidates: readonly string[]): ShapeFix | undefined {
  const meant = onlyMeaning(word, candidates);
  return meant === undefined ? undefined : { kind: 'replace', title: `write \`${meant}\``, text: meant };
}

/** Turns a value of the wrong JSON type into the one that was meant, where only one can be. Pure. */
export function typeFix(data: unknown, types: readonly unknown[], format: string | undefined): ShapeFix | undefined {
  if (typeof data !== 'string' && typeof data !== 'number' && typeof data !== 'boolean') return undefined;
  const text = String(data);
  if (format !== undefined) return formatFix(text, format);
  if (types.includes('array')) {
    return PLAIN.test(text) ? { kind: 'wrap', title: 'make it a list', before: '[', after: ']' } : undefined;
  }
  if (types.includes('boolean') && /^(yes|on|no|off)$/i.test(text)) {
    const meant = String(/^(yes|on)$/i.test(text));
    return { kind: 'replace', title: `write ${meant}`, text: meant };
  }
  if (typeof data === 'string') {
    const isNumber = types.includes('number') ? /^-?\d+(\.\d+)?$/ : /^-?\d+$/;
    const wantsNumber = types.includes('number') || types.includes('integer');
    return wantsNumber && isNumber.test(text) ? { kind: 'replace', title: 'remove the quotes', text } : undefined;
  }
  // A number may have been written in another way than it is read: 1.10, 1e3.
  const isSafe = typeof data === 'boolean' || Number.isSafeInteger(data);
  return types.includes('string') && isSafe ? { kind: 'wrap', title: 'quote it', before: '"', after: '"' } : undefined;
}

/** Puts a text into the form of its field, where it can mean one thing only: a bare number is no duration, since nobody can tell its unit. Pure. */
export function formatFix(text: string, format: string): ShapeFix | undefined {
  const meant = NORMALISED[format]?.(text.trim());
  if (meant === undefined || TEXT_FORMATS[format]?.isValid(meant) !== true) return undefined;
  const written = meant.includes(' ') ? `"${meant}"` : meant;
  return { kind: 'replace', title: `write ${meant}`, text: written };
}

const NORMALISED: Readonly<Record<string, (text: string) => string | undefined>> = {
  'signalbox-duration': (text) => {
    const found = /^(\d+(?:\.\d+)?)\s*([a-z]+)$/i.exec(text);
    const unit = found?.[2] === undefined ? undefined : UNITS[found[2].toLowerCase()];
    return unit === undefined ? undefined : `${found?.[1]}${unit}`;
  },
  'signalbox-money': (text) => {
    const found = /^\$?\s*(\d+(?:\.\d+)?)\s*(?:USD|US\$|\$)?$/i.exec(text);
    return found === null ? undefined : `${found[1]} USD`;
  },
  // 1 may be all or a hundredth, 0.5 half or a two-hundredth.
  'signalbox-share': (text) => {
    const found = /^(\d+(?:\.\d+)?)\s*(%)?$/.exec(text);
    if (found === null) return undefined;
    return found[2] === undefined && Number(found[1]) <= 1 ? undefined : `${found[1]}%`;
  },
  'signalbox-bytes': (text) => {
    const found = /^(\d+)\s*(b|kib|mib|gib)$/i.exec(text);
    return found === null ? undefined : `${found[1]}${SIZES[found[2]?.toLowerCase() ?? '']}`;
  },
  'signalbox-decimal': (text) => (/^\d{1,9}(\.\d{1,12})?$/.test(text) ? text : undefined),
};

const SIZES: Readonly<Record<string, string>> = { b: 'B', kib: 'KiB', mib: 'MiB', gib: 'GiB' };

const UNITS: Readonly<Record<string, string>> = {
  ms: 'ms',
  msec: 'ms',
  millisecond: 'ms',
  milliseconds: 'ms',
  s: 's',
  sec: 's',
  secs: 's',
  second: 's',
  seconds: 's',
  m: 'm',
  min: 'm',
  mins: 'm',
  minute: 'm',
  minutes: 'm',
  h: 'h',
  hr: 'h',
  hrs: 'h',
  hour: 'h',
  hours: 'h',
  d: 'd',
  day: 'd',
  days: 'd',
  w: 'w',
  week: 'w',
  weeks: 'w',
};

/** `max_attempts`, `max-attempts` and `maxAttempts` are one word in different spellings. */
function fold(word: string): string {
  return word.toLowerCase().replace(/[-_\s]/g, '');
}
