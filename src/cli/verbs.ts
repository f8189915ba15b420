import type { Verb } from './verb.ts';

/** A verb as `signalbox --help` shows it; its module is loaded only when it is called, so that start-up stays quick. */
export interface VerbEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<Verb>;
}

/** Every verb, in the order of the help text. One line each. */
// biome-ignore format: a table
export const VERBS: readonly VerbEntry[] = [
  { name: 'schema', summary: 'print the JSON Schema of a document kind', load: async () => (await import('./commands/schema.ts')).schema },
];
