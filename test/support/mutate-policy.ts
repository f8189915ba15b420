/** Deterministic chance of 32 bits (mulberry32). */
export function chanceOf(seed: number): () => number {
  let state = (seed ^ 0x9e3779b9) | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Pick = <T>(from: readonly T[]) => T;
type Mutation = (text: string, pick: Pick, below: (end: number) => number) => string | Buffer;

const VALUES = [
  ...['null', '~', '-1', '1e999', '.nan', '0x10', '""', '[]', '{}', 'true', '"9".."1"', '2026-13-45', '1h1h', '-5s'],
  ...['!!binary aGk=', '!!js/function x', '!unknown x', '&a *a', '*nowhere', '<<', '{<<: *x}', '|', '"\\ud800"'],
  ...['"__proto__"', 'constructor', '"\\0"', '9007199254740993', '"((((a+)+)+)+$"', '"[[.*", {cel: "a.b("}'],
];
const KEYS = [
  '__proto__',
  'constructor',
  'toString',
  '""',
  '~',
  '? [a, b]',
  '<<',
  '\u202ekey',
  '日本',
  'k'.repeat(5000),
];
const TEXTS = [
  '\u202e',
  '\ufeff',
  '\u0085',
  '\u2028',
  '\u0000',
  '\t',
  '\r',
  'e\u0301',
  '😀',
  '\ud800',
  '---\n',
  '...\n',
  '%YAML 9.9\n',
];

const spliced = (text: string, at: number, length: number, put: string) =>
  text.slice(0, at) + put + text.slice(at + length);

/** One way of breaking a file each. */
const MUTATIONS: Readonly<Record<string, Mutation>> = {
  bytes(text, _pick, below) {
    const bytes = Buffer.from(text);
    for (let left = 1 + below(8); left > 0; left--) bytes[below(bytes.length)] = below(256);
    return bytes;
  },
  cut: (text, _pick, below) => spliced(text, below(text.length), below(200), ''),
  doubled(text, _pick, below) {
    const at = below(text.length);
    return spliced(text, at, 0, text.slice(at, at + below(400)));
  },
  value(text, pick) {
    const found = [...text.matchAll(/: +([^\s{[#|>][^\n]*)$/gm)];
    if (found.length === 0) return `${text}\nx: ${pick(VALUES)}\n`;
    const { 0: whole, index } = pick(found);
    return spliced(text, index, whole.length, `: ${pick(VALUES)}`);
  },
  key(text, pick) {
    const found = [...text.matchAll(/[A-Za-z]+(?=:)/g)];
    if (found.length === 0) return `${pick(KEYS)}: 1\n`;
    const { 0: whole, index } = pick(found);
    return spliced(text, index, whole.length, pick(KEYS));
  },
  indent(text, pick, below) {
    const lines = text.split('\n');
    const at = below(lines.length);
    lines[at] = pick(['  ', '\t', '      ', '- ']) + (lines[at] ?? '');
    return lines.join('\n');
  },
  unicode: (text, pick, below) => spliced(text, below(text.length), 0, pick(TEXTS)),
  nesting(text, pick, below) {
    const depth = pick([50, 99, 101, 1000, 20_000]);
    const [open, close] = pick([
      ['[', ']'],
      ['{a: ', '}'],
    ] as const);
    return `${text}\nx-deep${below(9)}: ${open.repeat(depth)}${close.repeat(depth)}\n`;
  },
  aliases(text, pick) {
    const width = pick([2, 4, 10]);
    const levels = Array.from({ length: pick([3, 12, 40]) }, (_, i) => {
      return `x-b${i + 1}: &b${i + 1} [${Array(width).fill(`*b${i}`).join(', ')}]`;
    });
    return `${text}\nx-b0: &b0 [lol]\n${levels.join('\n')}\n`;
  },
  circle: (text) => `${text}\nx-circle: &c { again: *c }\nx-merge: { <<: &d { <<: *d } }\n`,
  huge: (text, pick) => `${text}\nx-${'k'.repeat(pick([1000, 200_000]))}: ${'v'.repeat(pick([10, 300_000]))}\n`,
  many: (text, pick) => `${text}\n${Array.from({ length: pick([10, 3000]) }, (_, i) => `x-${i}: ${i}`).join('\n')}\n`,
  documents: (text, pick) => `${text}\n---\n`.repeat(pick([2, 20])),
};

/** The kinds of mutation by name. */
export const MUTATION_NAMES: readonly string[] = Object.freeze(Object.keys(MUTATIONS));

/** A policy file broken in one to three ways, equal for an equal seed. Pure. */
export function mutatePolicy(
  bytes: Uint8Array,
  seed: number,
): { readonly bytes: Uint8Array; readonly ways: readonly string[] } {
  const chance = chanceOf(seed);
  const below = (end: number) => Math.floor(chance() * Math.max(1, end));
  const pick: Pick = (from) => from[below(from.length)] as never;
  const ways: string[] = [];
  let broken: Buffer = Buffer.from(bytes);
  for (let left = 1 + below(3); left > 0; left--) {
    const way = pick(MUTATION_NAMES);
    ways.push(way);
    broken = Buffer.from((MUTATIONS[way] as Mutation)(broken.toString('utf8'), pick, below) as string);
  }
  return { bytes: broken, ways };
}
