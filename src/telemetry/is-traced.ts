import { isInSample, type TraceContext } from './trace-context.ts';

/** `telemetry` of the Project in service. */
export interface TracePolicy {
  readonly traceSample: number;
  /** Of `error`, `fallback`, `denied`, `slow`. */
  readonly alwaysTrace: readonly string[];
  /** What `slow` means: the time to the first content of a stream, to the end of any other answer. */
  readonly slowAfterMs: number;
}

/** What decides, of a request that is over. */
export interface TraceFacts {
  readonly context: TraceContext;
  readonly status: number;
  readonly isCut: boolean;
  readonly fallback: string | null;
  /** Calls to providers. */
  readonly attempts: number;
  readonly streamed: boolean;
  readonly durationMs: number;
  readonly firstTokenMs: number | null;
}

/** Whether a request that is over is exported as a trace: drawn into the sample, or of a sort that people look for. Pure. */
export function isTraced({ traceSample, alwaysTrace, slowAfterMs }: TracePolicy, facts: TraceFacts): boolean {
  if (isInSample(facts.context.traceId, traceSample)) return true;
  return alwaysTrace.some((sort) => {
    if (sort === 'error') return facts.isCut || facts.status >= 500 || (facts.status >= 400 && facts.attempts > 0);
    if (sort === 'fallback') return facts.fallback !== null;
    if (sort === 'denied') return facts.status >= 400 && facts.status < 499 && facts.attempts === 0;
    return (
      sort === 'slow' && (facts.streamed ? (facts.firstTokenMs ?? facts.durationMs) : facts.durationMs) > slowAfterMs
    );
  });
}
