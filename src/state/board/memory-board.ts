import type { AlertBoard } from './alert-board.ts';

/** The board of a process that keeps nothing. */
export function createMemoryBoard(nowMs: () => number): AlertBoard {
  const notes = new Map<string, { readonly text: string; readonly untilMs: number }>();
  return {
    lead: async () => true,
    async put(name, text, forMs) {
      notes.set(name, { text, untilMs: nowMs() + forMs });
    },
    async remove(name) {
      notes.delete(name);
    },
    async list() {
      for (const [name, { untilMs }] of notes) if (untilMs <= nowMs()) notes.delete(name);
      return Object.fromEntries([...notes].map(([name, { text }]) => [name, text]));
    },
    close: async () => undefined,
  };
}
