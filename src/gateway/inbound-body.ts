import type { IncomingMessage, ServerResponse } from 'node:http';
import { GatewayError } from '#core';
import type { Deadlines } from './body-deadlines.ts';

/** A body that is still on its way: nobody's memory holds it before its caller is known. */
export interface InboundBody {
  /** Reads it to its end; null where the caller hung up. Throws 408 `request_timeout`, 413 `request_too_large`. */
  readonly receive: () => Promise<Buffer | null>;
}

const NONE = Buffer.alloc(0);

/** The body of a request. A caller who waits for `100 Continue` gets it when the body is wanted. Memory: up to `maxBytes`. */
export function inboundBody(
  request: IncomingMessage,
  reply: ServerResponse,
  maxBytes: number,
  deadlines: Deadlines,
): InboundBody {
  async function receive(): Promise<Buffer | null> {
    const announced = request.headers['content-length'];
    if (announced !== undefined && Number(announced) > maxBytes) throw tooLarge();
    if (announced === '0') return NONE;
    askToContinue(request, reply);
    const pieces: Buffer[] = [];
    let sizeBytes = 0;
    const isWhole = await readPieces(request, deadlines, (piece) => {
      sizeBytes += piece.length;
      if (sizeBytes > maxBytes) throw tooLarge();
      pieces.push(piece);
      return undefined;
    });
    if (!isWhole) return null;
    const [first = NONE] = pieces;
    return pieces.length < 2 ? first : Buffer.concat(pieces, sizeBytes);
  }
  return { receive };
}

/** Tells a caller who asked whether to send its body that it is wanted. */
export function askToContinue({ headers }: IncomingMessage, reply: ServerResponse): void {
  if (headers.expect?.toLowerCase() === '100-continue') reply.writeContinue();
}

/** The refusal of a body that is larger than any may be. */
export function tooLarge(): GatewayError {
  return new GatewayError('request_too_large', 'the body is larger than this gateway takes', {
    hint: 'Send a smaller body; no route’s `limits.bodySize` raises this limit.',
  });
}

function tooSlow(): GatewayError {
  return new GatewayError('request_timeout', 'the body did not come to its end in time');
}

/**
 * Reads a body to its end, piece by piece: true at its end, false where the caller hung up. Waits for what `take` has begun. Rejects with what `take` throws,
 * and with 408 `request_timeout`.
 */
export function readPieces(
  request: IncomingMessage,
  deadlines: Deadlines,
  take: (piece: Buffer) => Promise<void> | undefined,
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    let taken: Promise<void> | undefined;
    const done = deadlines.add(() => fail(tooSlow()));
    // The listener for errors stays: a connection may break later, when nobody waits for the body any more.
    request.on('data', takeNext).on('end', end).on('close', hangUp).on('error', hangUp);

    function takeNext(piece: Buffer): void {
      try {
        taken = take(piece);
        if (taken === undefined) return;
        request.pause();
        taken.then(() => request.resume(), fail);
      } catch (error) {
        fail(error);
      }
    }
    function end(): void {
      stop();
      // The end may come while the last piece is still being taken.
      if (taken === undefined) resolve(true);
      else taken.then(() => resolve(true), reject);
    }
    function hangUp(): void {
      stop();
      resolve(false);
    }
    function fail(error: unknown): void {
      stop();
      reject(error);
    }
    function stop(): void {
      done();
      request.off('data', takeNext).off('end', end).off('close', hangUp).pause();
    }
  });
}
