import type { CallerContext, OutboundTarget } from '#dialects';

type TargetChanges = Partial<Omit<OutboundTarget, 'quirks'>> & { readonly quirks?: Partial<OutboundTarget['quirks']> };

/** A target that changes nothing but the model, with some fields set otherwise. */
export function targetWith(changes: TargetChanges = {}): OutboundTarget {
  return {
    upstreamModel: 'gpt-4o',
    maxOutputTokens: null,
    defaultMaxOutputTokens: 4096,
    params: {},
    prompt: { prepend: null, append: null },
    capabilities: null,
    ...changes,
    quirks: { renameParams: {}, dropParams: [], maxStopSequences: null, noStreamOptions: false, ...changes.quirks },
  };
}

/** A caller of OpenAI's own client. */
export function callerWith(changes: Partial<CallerContext> = {}): CallerContext {
  return {
    model: 'gpt-4',
    requestId: 'req_1',
    streamUsage: false,
    createdAt: 1_790_000_000,
    framing: 'sse',
    ...changes,
  };
}
