import { compileGlob, type Glob } from '#core';

/** One text of every class that the patterns tell apart; incomplete when there are too many classes to look at. */
export interface StringClasses {
  readonly texts: readonly string[];
  readonly isComplete: boolean;
}

/** Patterns of real policies need a few dozen states; a wall of `*a*b*` patterns would need an exponential number. */
const MAX_STATES = 4000;
const MAX_ROUNDS = 20;
/** One of these that no pattern holds stands for every character that no pattern names. */
const FILLERS = [...'x0qzjkvwyabcdefghilmnoprstu123456789', '\u00b7'];

/**
 * Texts that together show everything the patterns can tell apart: for every set of patterns that some text fits while it fits none of the others,
 * one such text, the shortest first. Exact values come back as they are; the patterns with stars are run together as one automaton. Pure.
 */
export function stringClasses(globs: readonly Glob[]): StringClasses {
  const exact = new Set(globs.filter((glob) => glob.isExact).map((glob) => glob.source));
  const starred = [...new Map(globs.filter((glob) => !glob.isExact).map((glob) => [glob.source, glob])).values()];
  const filler = fillerFor([...globs.map((glob) => glob.source)].join(''));
  const told = new Set<string>();
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const found = exploreAutomaton([...starred, ...[...told].map(compileGlob)], filler);
    // An exact value stands for itself alone; for the rest of its class another text is looked for.
    const taken = found.texts.filter((text) => exact.has(text) && !told.has(text));
    if (taken.length === 0 || !found.isComplete) {
      return { texts: [...new Set([...exact, ...found.texts])], isComplete: found.isComplete };
    }
    for (const text of taken) told.add(text);
  }
  return { texts: [...exact], isComplete: false };
}

/** Runs the patterns side by side over every text, state by state; the first text that reaches a new set of fitting patterns stands for it. */
function exploreAutomaton(globs: readonly Glob[], filler: string): StringClasses {
  const machines = globs.map((glob) => [...glob.source]);
  const alphabet = [...new Set([filler, ...machines.flat().filter((token) => token !== '*')])];
  const start = machines.map((tokens) => withEmptyStars(tokens, [0]));
  const seen = new Set([JSON.stringify(start)]);
  const texts = new Map<string, string>();
  const queue: { readonly text: string; readonly states: readonly (readonly number[])[] }[] = [
    { text: '', states: start },
  ];
  for (let entry = queue.shift(); entry; entry = queue.shift()) {
    const { text, states } = entry;
    const signature = states.map((positions, at) => (positions.includes(machines[at]?.length ?? 0) ? 1 : 0)).join('');
    // The empty text is a class of its own, but no sensible name: any other one is preferred.
    if (!texts.has(signature) || texts.get(signature) === '') texts.set(signature, text);
    if (seen.size > MAX_STATES) return { texts: [...texts.values()], isComplete: false };
    for (const character of alphabet) {
      const next = machines.map((tokens, at) => step(tokens, states[at] ?? [], character));
      const key = JSON.stringify(next);
      const isNewText = text === '' && seen.has(key);
      if (seen.has(key) && !isNewText) continue;
      seen.add(key);
      queue.push({ text: text + character, states: next });
    }
  }
  return { texts: [...texts.values()], isComplete: true };
}

/** Where a pattern can stand after one more character. A star is passed over for nothing, and stays for anything. */
function step(tokens: readonly string[], positions: readonly number[], character: string): readonly number[] {
  const next = new Set<number>();
  for (const position of positions) {
    if (tokens[position] === '*') next.add(position);
    else if (tokens[position] === character) next.add(position + 1);
  }
  return withEmptyStars(tokens, [...next]);
}

function withEmptyStars(tokens: readonly string[], positions: readonly number[]): readonly number[] {
  const all = new Set(positions);
  for (const position of all) if (tokens[position] === '*') all.add(position + 1);
  return [...all].sort((a, b) => a - b);
}

function fillerFor(used: string): string {
  return FILLERS.find((character) => !used.includes(character)) ?? '\u2022';
}
