import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RedisClient } from './connect-redis.ts';

/** A step of the ledger that the server takes by itself, at once. */
export interface Script {
  readonly text: string;
  readonly sha1: string;
}

/** The scripts by name. */
export type Scripts = Readonly<
  Record<
    'reserve' | 'commit' | 'renew' | 'sweep' | 'readFacts' | 'claim' | 'claimedAt' | 'unaccounted' | 'accounted',
    Script
  >
>;

/** Reads the scripts that lie beside this file; each begins with the common part, `ledger.lua`. */
export function loadScripts(): Scripts {
  const common = read('ledger.lua');
  const script = (...files: readonly string[]): Script => {
    const text = [common, ...files.map(read)].join('\n');
    // What names a script in Redis; no secret hangs on it.
    return { text, sha1: createHash('sha1').update(text).digest('hex') };
  };
  return {
    reserve: script('reserve.lua'),
    commit: script('commit.lua'),
    renew: script('renew.lua'),
    sweep: script('sweep.lua'),
    readFacts: script('target-hints.lua', 'read-facts.lua'),
    claim: script('claim.lua'),
    claimedAt: script('claimed-at.lua'),
    unaccounted: script('unaccounted.lua'),
    accounted: script('accounted.lua'),
  };
}

/** Runs a script by its name, and sends its text to a server that does not have it: one that is new, restarted or flushed. */
export async function runScript(
  client: RedisClient,
  { text, sha1 }: Script,
  keys: readonly string[],
  args: readonly string[],
): Promise<unknown> {
  try {
    return await client.evalsha(sha1, keys.length, ...keys, ...args);
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
    return client.eval(text, keys.length, ...keys, ...args);
  }
}

function read(file: string): string {
  return readFileSync(join(import.meta.dirname, file), 'utf8');
}
