/** Prefixes that providers give their keys, from their own documentation and the public rules of secret scanners. What can be looked for at each place anew is bounded, here and below: a line may be megabytes long. */
const KNOWN_KEYS =
  /(?<![A-Za-z0-9])(?:sk-[\w-]{8,}|(?:sk|pk|rk)_(?:live|test)_\w{8,}|sbx_[\w-]{8,}|gsk_\w{16,}|xai-[\w-]{16,}|hf_\w{16,}|pplx-\w{16,}|AIza[\w-]{20,}|ya29\.[\w-]{16,}|A(?:KIA|SIA)[0-9A-Z]{12,}|gh[pousr]_\w{16,}|github_pat_\w{16,}|glpat-[\w-]{12,}|xox[abeprs]-[\w-]{8,}|eyJ[\w-]{8,512}\.[\w-]{4,}(?:\.[\w-]*)?)/g;
/** Long runs that look random: letters of both cases with digits, or long hexadecimal that is not a declared digest. */
const RANDOM = /(?<![\w/+=.-])(?=[\w/+=-]*[a-z])(?=[\w/+=-]*[A-Z])(?=[\w/+=-]*\d)[\w/+=-]{24,}(?![\w-])/g;
const HEXADECIMAL =
  /(?<!(?:sha256|pin|digest)["']?\s{0,64}:\s{0,64}["']?)(?<![\w])(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{32,}(?!\w)/gi;
/** `user:password@` in a URL. */
const USER_INFO = /(?<=:\/\/)[^\s/@"'<>:]+:[^\s/@"'<>]+(?=@)/g;
/** The plain value of a key that holds a secret; a reference in braces, an alias and the empty words are none. */
const SECRET_FIELD =
  /(?<=\b(?:secrets?|password|passwd|passphrase|token|x?-?api[-_]?key|access[-_]?key[-_]?id|session[-_]?token|authorization|private[-_]?key|credentials?)["']?\s{0,64}:\s{1,64})(?!null\b|true\b|false\b|~)(?:"(?:[^"\\]|\\.)*"?|'[^']*'?|[^\s{[&*|>#"',}\]][^,}\]#]*)/gi;

/** A flow list of plain values under such a key. */
const SECRET_LIST = /(?<=\b(?:secrets?|passwords?|tokens|api[-_]?keys|credentials)["']?\s*:\s*\[)\s*[^\s\]{][^\]]*/gi;

/** The parts of one line that are, or look like, secrets: half-open ranges, in order, not overlapping. Pure. */
export function findSecrets(line: string): readonly (readonly [start: number, end: number])[] {
  const ranges: [number, number][] = [];
  for (const pattern of [SECRET_FIELD, SECRET_LIST, KNOWN_KEYS, USER_INFO, RANDOM, HEXADECIMAL]) {
    for (const found of line.matchAll(pattern)) {
      const length = found[0].trimEnd().length;
      if (length > 0) ranges.push([found.index, found.index + length]);
    }
  }
  ranges.sort((a, b) => a[0] - b[0]);
  const merged: [number, number][] = [];
  for (const range of ranges) {
    const last = merged.at(-1);
    if (last && range[0] <= last[1]) last[1] = Math.max(last[1], range[1]);
    else merged.push(range);
  }
  return merged;
}

/** Tells whether a text is, or holds, something that looks like a key. Pure. */
export function looksSecret(text: string): boolean {
  return findSecrets(text).length > 0;
}

/** A secret's key with nothing beside it, and the deeper lines (or list items) that hold its value. */
const SECRET_BLOCK =
  /^([ ]*)(?:- )?(?:secrets?|password|token|api[-_]?key|authorization):[ ]*(?:[|>].*)?\r?\n((?:(?:\1[ ]+\S|\1- |[ ]*\r?$).*(?:\r?\n|$))+)/gim;
const REFERENCE_LINE = /^[ ]*(?:- )?(?:[{&*#[]|["']?(?:env|file|store|key|optional|x-[\w-]+)["']?:)/;

/** Blacks out values that stand on the lines below a secret's key, every offset kept: a line by line search cannot see them. Pure. */
export function hideSecretBlocks(text: string): string {
  return text.replace(SECRET_BLOCK, (block: string, _: string, value: string) => {
    const lines = value
      .split('\n')
      .map((line) => (REFERENCE_LINE.test(line) ? line : line.replace(/(?<=^[ ]*(?:- )?)[^ \r-].*?(?=\r?$)/, black)));
    return block.slice(0, block.length - value.length) + lines.join('\n');
  });
}

function black(text: string): string {
  return '•'.repeat(text.length);
}
