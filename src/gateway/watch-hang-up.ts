import type { ServerResponse } from 'node:http';
import { type Cancellation, createCancellation } from '#upstream';

/** A cancellation that fires when the caller's connection closes before its answer is complete. */
export function watchHangUp(reply: ServerResponse): Cancellation {
  const cancellation = createCancellation();
  reply.on('close', () => {
    if (!reply.writableFinished) cancellation.cancel();
  });
  // Without a listener a reset between two writes would end the process.
  reply.on('error', cancellation.cancel);
  return cancellation;
}
