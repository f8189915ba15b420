import { availableParallelism } from 'node:os';
import type { Shard } from '#replay';
import { textOption } from '../options.ts';
import { UsageError } from '../usage-error.ts';

/** How the records are to be replayed. */
export type ChosenMode = 'auto' | 'stateless' | 'simulate';

/** What `--mode` says. Throws `UsageError`. */
export function readMode(value: unknown): ChosenMode {
  const mode = textOption(value) ?? 'auto';
  if (mode === 'auto' || mode === 'stateless' || mode === 'simulate') return mode;
  throw new UsageError(`--mode is auto, stateless or simulate, not ${JSON.stringify(mode)}`);
}

/** What `--shard i/n` says, from 0; the whole when absent. Throws `UsageError`. */
export function readShard(value: unknown): Shard | null {
  const text = textOption(value);
  if (text === undefined) return null;
  const [, index = '', of = ''] = /^(\d{1,5})\/(\d{1,5})$/.exec(text) ?? [];
  if (Number(index) < 1 || Number(of) < Number(index)) {
    throw new UsageError(`--shard is i/n with i from 1 to n, such as 2/8, not ${JSON.stringify(text)}`);
  }
  return { index: Number(index) - 1, of: Number(of) };
}

/** What `--workers` says, else one for every core. Throws `UsageError`. */
export function readWorkers(value: unknown): number {
  const text = textOption(value);
  if (text === undefined) return availableParallelism();
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text);
  throw new UsageError(`--workers is a whole number from 1, not ${JSON.stringify(text)}`);
}
