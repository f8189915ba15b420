/** A compiled `*` pattern. `literal` is the part before the first `*`; exact when there is no `*`. */
export interface Glob {
  readonly source: string;
  readonly isExact: boolean;
  readonly literal: string;
  /** The texts between and after the stars. */
  readonly rest: readonly string[];
}

/** Compiles a pattern in which `*` stands for any text, slashes included. Pure. */
export function compileGlob(source: string): Glob {
  const [literal = '', ...rest] = source.split('*');
  return { source, isExact: rest.length === 0, literal, rest };
}

/** Tells whether the whole text fits the pattern: no regular expression, no backtracking. Pure. */
export function fitsGlob(glob: Glob, text: string): boolean {
  if (glob.isExact) return glob.source === text;
  if (!text.startsWith(glob.literal)) return false;
  const tail = glob.rest.length - 1;
  let at = glob.literal.length;
  for (let i = 0; i < tail; i++) {
    const part = glob.rest[i] ?? '';
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  const end = glob.rest[tail] ?? '';
  return text.length - end.length >= at && text.endsWith(end);
}
