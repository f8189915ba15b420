/** How much, and for how long, a connection may ask for before it has earned anything. */
export interface TransportLimits {
  /** Until the head of a request is complete; also how long a connection may say nothing at first. */
  readonly headersTimeoutMs: number;
  /** Until the whole request is there, its body included. */
  readonly requestTimeoutMs: number;
  /** Of a request's head: its line and all of its headers. */
  readonly maxHeaderBytes: number;
  readonly maxHeaders: number;
}

// A body of 32 MiB within five minutes asks for 0.9 Mbit/s of its caller.
export const TRANSPORT_LIMITS: TransportLimits = Object.freeze({
  headersTimeoutMs: 30_000,
  requestTimeoutMs: 300_000,
  maxHeaderBytes: 16 * 1024,
  maxHeaders: 200,
});

/** How often connections are looked at: often enough that none outlives a timeout by more than a tenth, or by 5 s. Pure. */
export function checkEveryMs({ headersTimeoutMs, requestTimeoutMs }: TransportLimits): number {
  return Math.max(10, Math.min(5000, Math.floor(Math.min(headersTimeoutMs, requestTimeoutMs) / 10)));
}
