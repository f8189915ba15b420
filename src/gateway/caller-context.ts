import type { CallerContext } from '#dialects';
import type { Progress } from './progress.ts';

/** What a writer must know of the caller beside the answer; what it loses is noted in `progress`. */
export function callerContext({ call, request, shape, lost }: Progress): CallerContext {
  return {
    model: request?.model ?? '',
    requestId: call.id,
    streamUsage: shape?.streamUsage ?? false,
    createdAt: Math.floor(call.startedMs / 1000),
    framing: call.framing,
    lose: (what) => lost.add(what),
    ...(shape?.legacyFunctions === undefined ? {} : { legacyFunctions: shape.legacyFunctions }),
  };
}
