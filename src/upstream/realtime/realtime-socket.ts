import type { RawData, WebSocket } from 'ws';

/** One side of a session, whoever is there. */
export interface RealtimeSocket {
  readonly send: (data: Buffer, isBinary: boolean, onSent: () => void) => void;
  /** Bytes that were sent and have not left yet. */
  readonly bufferedBytes: () => number;
  readonly pause: () => void;
  readonly resume: () => void;
  readonly close: (code: number, reason: string) => void;
  readonly onMessage: (take: (data: Buffer, isBinary: boolean) => void) => void;
  /** Called once; 1006 when the connection broke. */
  readonly onClose: (take: (code: number, reason: string) => void) => void;
}

// What the protocol allows a side to say; the rest is for the library alone (RFC 6455, 7.4).
const SAYABLE = /^(1000|1001|1002|1003|1007|1008|1009|101[0-4]|[34]\d{3})$/;

/** A socket of the library behind that interface. */
export function realtimeSocket(socket: WebSocket): RealtimeSocket {
  return {
    send(data, isBinary, onSent) {
      if (socket.readyState !== socket.OPEN) return;
      socket.send(data, { binary: isBinary }, () => onSent());
    },
    bufferedBytes: () => socket.bufferedAmount,
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    close(code, reason) {
      // A paused socket would never hear the other side agree.
      socket.resume();
      if (SAYABLE.test(String(code))) socket.close(code, Buffer.from(reason).subarray(0, 120));
      else socket.close(code === 1005 ? 1000 : 1011);
    },
    onMessage: (take) => void socket.on('message', (data, isBinary) => take(bytesOf(data), isBinary)),
    onClose(take) {
      socket.on('close', (code, reason) => take(code, reason.toString('utf8')));
      // The close that follows tells all there is.
      socket.on('error', () => undefined);
    },
  };
}

function bytesOf(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
