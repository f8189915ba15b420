import type { ServerResponse } from 'node:http';
import type { Http2Stream } from 'node:http2';
import { type Cancellation, createCancellation } from '#upstream';

/** A cancellation that fires when the caller's connection closes before its answer is complete. */
export function watchHangUp(reply: ServerResponse): Cancellation {
  const cancellation = createCancellation();
  reply.on('close', () => {
    if (!isComplete(reply)) cancellation.cancel();
  });
  // Without a listener a reset between two writes would end the process.
  reply.on('error', cancellation.cancel);
  return cancellation;
}

/** Under HTTP/2 the response says of itself that it is finished even when it was cut off; its stream knows better. */
function isComplete(reply: ServerResponse): boolean {
  const { stream } = reply as { readonly stream?: Http2Stream };
  return stream === undefined ? reply.writableFinished : stream.writableFinished && !stream.aborted;
}
