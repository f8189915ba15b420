import type { Agent } from 'undici';
import type { Reach } from './reach.ts';

/** Connections of one client, kept for calls to come. */
export interface GuardedAgent {
  /** The connections of now: others than before once names may lead elsewhere. Undici is loaded with the first call. */
  readonly current: () => Promise<Agent>;
}

/** Creates them. Effects: connections, which end by themselves when nobody uses them. */
export function createGuardedAgent(reach: Reach): GuardedAgent {
  let made: { readonly version: number; readonly agent: Promise<Agent> } | null = null;
  return {
    current() {
      const version = reach.version();
      if (made?.version !== version) {
        const before = made?.agent;
        made = { version, agent: load(reach) };
        // Calls under way end by themselves.
        void before?.then((agent) => agent.close()).catch(() => undefined);
      }
      return made.agent;
    },
  };
}

async function load({ lookup }: Reach): Promise<Agent> {
  const undici = await import('undici');
  return new undici.Agent({ connect: { lookup } });
}
