import type { Socket } from 'node:net';
import { buildConnector } from 'undici';

/** Undici's connector, with a hand on connections that are still being made. */
export interface TrackedConnector {
  readonly connect: buildConnector.connector;
  /** Gives up every connection still being made: undici itself would wait for them when it closes. */
  readonly abandon: () => void;
}

/** Creates a connector for one pool. */
export function createConnector(options: Partial<buildConnector.BuildOptions>): TrackedConnector {
  const open = buildConnector(options as buildConnector.BuildOptions);
  const pending = new Set<Socket>();
  return {
    connect(target, callback) {
      // The types do not tell that the socket is returned; without it there is only nothing to abandon.
      const socket = open(target, ((...result: Parameters<buildConnector.Callback>) => {
        if (socket !== undefined) pending.delete(socket);
        callback(...result);
      }) as buildConnector.Callback) as unknown as Socket | undefined;
      if (socket !== undefined) pending.add(socket);
      return socket;
    },
    abandon() {
      for (const socket of pending) socket.destroy(new Error('The gateway is closing.'));
      pending.clear();
    },
  };
}
