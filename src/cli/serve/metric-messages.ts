import type { PostedMetric } from '#telemetry';

/** What one process has counted. */
export type Post = readonly PostedMetric[];

/** What a worker tells the first process. */
export type FromWorker =
  /** It is scraped, and has counted so much itself. */
  | { readonly kind: 'metrics-wanted'; readonly id: number; readonly post: Post }
  | { readonly kind: 'metrics-post'; readonly key: string; readonly post: Post };

/** What the first process tells a worker. */
export type ToWorker =
  | { readonly kind: 'metrics-asked'; readonly key: string }
  | { readonly kind: 'metrics'; readonly id: number; readonly posts: readonly Post[] };
