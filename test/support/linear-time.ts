/** A linear reading of what the tests give takes a few ms of CPU, on a slow machine some tens; a quadratic one 200 and more. */
const FINE_MS = 50;
/** An eighth of the text takes a linear reader an eighth of the time, a quadratic one a 64th. */
const PART = 8;
const MOST_GROWTH = 24;
const RUNS = 4;

/**
 * How long a reader takes for a text that is made of `unit`, where it is longer than a linear reader on this machine: null for a linear one. What is slow by the clock alone
 * is compared with the same reader over an eighth of the text, so that a slow machine fails no test.
 */
export function slowness(read: (text: string) => unknown, make: (size: number) => string, size: number): string | null {
  const text = make(size);
  const wholeMs = leastCpuMs(read, text, FINE_MS);
  if (wholeMs < FINE_MS) return null;
  const partMs = leastCpuMs(read, make(Math.ceil(size / PART)), 0);
  const growth = wholeMs / Math.max(partMs, 0.05);
  return growth < MOST_GROWTH ? null : `${wholeMs.toFixed(0)} ms, ${growth.toFixed(0)} times as long as for an eighth`;
}

/** The least of some runs, in ms of CPU: what else the machine does is not the reader's. Ends with the first below `fine`. */
function leastCpuMs(read: (text: string) => unknown, text: string, fine: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < RUNS && least >= fine; run++) {
    const start = process.cpuUsage();
    read(text);
    const { user, system } = process.cpuUsage(start);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}
