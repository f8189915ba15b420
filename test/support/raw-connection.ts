import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';

/** One TCP connection, byte by byte: for what no HTTP client would send. */
export interface RawConnection {
  readonly socket: Socket;
  /** Everything that came so far, one character a byte. */
  readonly text: () => string;
  /** Sends without waiting. */
  readonly send: (...pieces: readonly (string | Uint8Array)[]) => void;
  /** Resolves when what came holds the text; rejects when the connection ends before. */
  readonly whenHas: (wanted: string | RegExp) => Promise<void>;
  /** Resolves with all that came when the other side has ended or reset the connection. */
  readonly whenClosed: () => Promise<string>;
}

/** Connects to a port of this machine; the connection goes with the test. */
export async function openRaw(t: { after: (fn: () => void) => void }, port: number): Promise<RawConnection> {
  const socket = createConnection({ port, host: '127.0.0.1', allowHalfOpen: false });
  t.after(() => socket.destroy());
  let text = '';
  let isClosed = false;
  const watchers = new Set<() => void>();
  const tell = () => {
    for (const watcher of watchers) watcher();
  };
  socket.on('data', (bytes: Buffer) => {
    text += bytes.toString('latin1');
    tell();
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    isClosed = true;
    tell();
  });
  await once(socket, 'connect');

  function until(isMet: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (!isMet() && !isClosed) return;
        watchers.delete(look);
        if (isMet()) resolve();
        else reject(new Error(`the connection ended after ${JSON.stringify(text.slice(0, 500))}`));
      };
      watchers.add(look);
      look();
    });
  }

  return {
    socket,
    text: () => text,
    send: (...pieces) => {
      for (const piece of pieces) socket.write(typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece);
    },
    whenHas: (wanted) => until(() => (typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text))),
    whenClosed: async () => {
      await until(() => isClosed);
      return text;
    },
  };
}

/** Statuses of all answers in a text, in order. */
export function statusesIn(text: string): number[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
}
