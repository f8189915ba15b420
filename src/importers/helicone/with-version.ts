/** Helicone's addresses stop before the version, ours after it. */
export function withVersion(base: string): string {
  return /\/v\d\w*$/.test(base) ? base : `${base}/v1`;
}
