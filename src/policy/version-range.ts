type Version = readonly [major: number, minor: number, patch: number];

/** Versions from `from` on and below `below`; null for no bound. */
interface Interval {
  readonly from: Version;
  readonly below: Version | null;
}

/** Alternatives, each of which is intervals that must all hold. */
export type VersionRange = readonly (readonly Interval[])[];

const ZERO: Version = [0, 0, 0];
const COMPARATOR = /^(>=|<=|>|<|=|\^|~)?v?(\d{1,9})(?:\.(\d{1,9}|[x*]))?(?:\.(\d{1,9}|[x*]))?$/;

/**
 * Reads a range as npm writes it: `>=0.1 <2`, `^1.2`, `~1.2.3`, `1.x`, `1.2.3 || >=2`, `*`. Versions may be cut short (`<2` is `<2.0.0`).
 * Null where the text is none: hyphen ranges and pre-releases are not read. Pure.
 */
export function parseVersionRange(text: string): VersionRange | null {
  const alternatives = text.split('||').map(parseAlternative);
  return alternatives.some((alternative) => alternative === null) ? null : (alternatives as VersionRange);
}

/** Whether a version is in a range. A pre-release counts as the release that it leads to. False for a text that is no version. Pure. */
export function isInRange(version: string, range: VersionRange): boolean {
  const found = /^(\d+)\.(\d+)\.(\d+)(?:[-+].*)?$/.exec(version);
  if (found === null) return false;
  const own: Version = [Number(found[1]), Number(found[2]), Number(found[3])];
  return range.some((all) =>
    all.every(({ from, below }) => order(own, from) >= 0 && (!below || order(own, below) < 0)),
  );
}

function parseAlternative(text: string): readonly Interval[] | null {
  // A space may stand between an operator and its version.
  const comparators = text
    .trim()
    .replace(/([<>=^~])\s+/g, '$1')
    .split(/\s+/);
  const intervals = comparators.map(parseComparator);
  return intervals.some((interval) => interval === null) ? null : (intervals as readonly Interval[]);
}

function parseComparator(text: string): Interval | null {
  if (text === '*' || text === 'x') return { from: ZERO, below: null };
  const found = COMPARATOR.exec(text);
  if (found === null) return null;
  const [, operator = '=', ...parts] = found;
  const given = parts.slice(0, firstOpen(parts)).map(Number);
  const [major = 0, minor = 0, patch = 0] = given;
  const from: Version = [major, minor, patch];
  // The first version that the given numbers no longer name.
  const next = raise(from, given.length - 1);
  switch (operator) {
    case '>=':
      return { from, below: null };
    case '>':
      return { from: next, below: null };
    case '<':
      return { from: ZERO, below: from };
    case '<=':
      return { from: ZERO, below: next };
    case '^':
      return { from, below: raise(from, Math.min(firstNonZero(from), given.length - 1)) };
    case '~':
      return { from, below: raise(from, Math.min(1, given.length - 1)) };
    default:
      return { from, below: next };
  }
}

function firstOpen(parts: readonly (string | undefined)[]): number {
  const at = parts.findIndex((part) => part === undefined || part === 'x' || part === '*');
  return at === -1 ? parts.length : at;
}

function firstNonZero(version: Version): number {
  const at = version.findIndex((part) => part > 0);
  return at === -1 ? 2 : at;
}

function raise([major, minor, patch]: Version, at: number): Version {
  if (at <= 0) return [major + 1, 0, 0];
  return at === 1 ? [major, minor + 1, 0] : [major, minor, patch + 1];
}

function order(a: Version, b: Version): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}
