import type { LoadHarness, Served } from './load-harness.ts';

/** CPU microseconds of one request, a figure for each round. */
export interface Measured {
  readonly name: string;
  readonly runs: readonly number[];
}

export interface TurnOptions {
  readonly bodyFile: string;
  readonly rounds: number;
  readonly seconds: number;
  /** So many requests come first and do not count: until then V8 still compiles, and the figure is that of the first minute of a process, about twice the later one. */
  readonly warm: number;
}

/** Loads each of some gateways in turn, round after round: what else the machine does meets all of them alike. Effects: load. */
export async function measureInTurn(
  harness: LoadHarness,
  gateways: readonly (Served & { readonly name: string })[],
  { bodyFile, rounds, seconds, warm }: TurnOptions,
): Promise<readonly Measured[]> {
  for (const { port } of gateways) {
    for (let warmed = 0; warmed < warm; ) warmed += (await harness.load(port, { bodyFile, seconds })).ok;
  }
  const measured = gateways.map(({ name }) => ({ name, runs: [] as number[] }));
  for (let round = 0; round < rounds; round++) {
    for (const [at, gateway] of gateways.entries()) {
      const before = gateway.cpuMicros();
      const { ok } = await harness.load(gateway.port, { bodyFile, seconds });
      measured[at]?.runs.push((gateway.cpuMicros() - before) / ok);
    }
  }
  return measured;
}

/** The figure below which a share of the rounds are: 0 for the least, 0.5 for the median. */
export function quantile(runs: readonly number[], share: number): number {
  const sorted = runs.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** Each round's figure by the base's of the same round. */
export function ratios(runs: readonly number[], base: readonly number[]): readonly number[] {
  return runs.map((run, at) => run / (base[at] ?? Number.NaN));
}
