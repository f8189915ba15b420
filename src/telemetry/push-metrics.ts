import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';

/** Sends metrics as they stand; `export` calls back with code 0 when the collector has them. */
export interface MetricExporter {
  readonly export: (
    metrics: ResourceMetrics,
    done: (result: { readonly code: number; readonly error?: Error }) => void,
  ) => void;
  readonly shutdown: () => Promise<void>;
}

/** What is pushed to a collector, again and again. */
export interface MetricPush {
  /** Exports that failed. */
  readonly failures: () => number;
  /** Begins to push what `collect` gives. */
  readonly start: (collect: () => ResourceMetrics['scopeMetrics']) => void;
  /** Pushes once more, for so long at most. */
  readonly close: (patienceMs: number) => Promise<void>;
}

/** How metrics are pushed. */
export interface MetricPushOptions {
  readonly exporter: MetricExporter;
  readonly resource: ResourceMetrics['resource'];
  readonly everyMs: number;
  readonly onProblem: (error: unknown) => void;
}

/** Creates a push of one export at a time. Metrics are gathered anew each time, so an export that fails loses nothing but a point in time. Effects: a timer once it is started. */
export function createMetricPush({ exporter, resource, everyMs, onProblem }: MetricPushOptions): MetricPush {
  let failed = 0;
  let running: Promise<void> | null = null;
  let collect: (() => ResourceMetrics['scopeMetrics']) | null = null;
  let timer: NodeJS.Timeout | null = null;

  function push(): Promise<void> {
    running ??= new Promise<void>((resolve) => {
      exporter.export({ resource, scopeMetrics: collect?.() ?? [] }, ({ code, error }) => {
        if (code !== 0) {
          failed += 1;
          onProblem(error ?? new Error('refused'));
        }
        resolve();
      });
    }).finally(() => {
      running = null;
    });
    return running;
  }

  return {
    failures: () => failed,
    start(read) {
      collect = read;
      timer = setInterval(() => void push(), everyMs);
      timer.unref();
    },
    async close(patienceMs) {
      if (timer !== null) clearInterval(timer);
      let patience: NodeJS.Timeout | undefined;
      const timeUp = new Promise<void>((resolve) => {
        patience = setTimeout(resolve, patienceMs);
      });
      // What is under way was gathered before the last requests were.
      const last = collect === null ? Promise.resolve() : (running ?? Promise.resolve()).then(push);
      await Promise.race([last, timeUp]);
      clearTimeout(patience);
      // An export that hangs ends by its own timeout; nobody waits for it.
      void exporter.shutdown().catch(() => undefined);
    },
  };
}
