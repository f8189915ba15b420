import type { Budget, Chain, Route, Snapshot } from '#snapshot';

/** What of a snapshot keeps records of one shape from having one verdict. */
export interface MovingParts {
  /** Some `when` reads sizes, temperature or session: the route must be looked for every time. */
  readonly readsSizes: boolean;
  /** Calendar windows of all budgets, each once. */
  readonly windows: readonly Budget['window'][];
  /** Instants from which some price row holds, rising. */
  readonly priceChanges: readonly number[];
  /** Weighted chains that a route or a budget's chain can reach, by chain. */
  readonly weightedBelow: ReadonlyMap<string, readonly Chain[]>;
  /** Chains below which an order follows measurements or costs: their requests are decided one by one. */
  readonly measuredBelow: ReadonlySet<string>;
  /** Chains that budgets hand over to. */
  readonly handovers: readonly string[];
}

const SIZES = /inputTokens|bodyBytes|session|request\s*\[|request\s*\)/;

/** Looks through a snapshot once. Pure. */
export function movingPartsOf(snapshot: Snapshot): MovingParts {
  const windows = new Map<string, Budget['window']>();
  const handovers = new Set<string>();
  for (const { window, onExhausted } of snapshot.budgets.values()) {
    if (window.kind === 'calendar') windows.set(`${window.every} ${window.timezone}`, window);
    if (onExhausted?.kind === 'chain') handovers.add(onExhausted.chain);
  }
  const changes = new Set<number>();
  for (const { prices } of snapshot.models.values()) for (const { fromMs } of prices) changes.add(fromMs);
  const weightedBelow = new Map<string, readonly Chain[]>();
  const measuredBelow = new Set<string>();
  for (const name of snapshot.chains.keys()) {
    const below = chainsBelow(snapshot, name);
    weightedBelow.set(
      name,
      below.filter(({ strategy }) => strategy === 'weighted'),
    );
    if (below.some(isMeasured)) measuredBelow.add(name);
  }
  return {
    readsSizes: [...snapshot.routes.values()].some(readsSizes),
    windows: [...windows.values()],
    priceChanges: [...changes].sort((a, b) => a - b),
    weightedBelow,
    measuredBelow,
    handovers: [...handovers],
  };
}

function readsSizes({ match }: Route): boolean {
  return match.when !== null && SIZES.test(match.when.source);
}

function isMeasured({ strategy, targets }: Chain): boolean {
  return targets.length > 1 && strategy !== 'fallback' && strategy !== 'weighted';
}

function chainsBelow(snapshot: Snapshot, name: string): readonly Chain[] {
  const found = new Map<string, Chain>();
  const walk = (each: string): void => {
    const chain = snapshot.chains.get(each);
    if (chain === undefined || found.has(each)) return;
    found.set(each, chain);
    for (const { use } of chain.targets) if (use.kind === 'chain') walk(use.chain);
  };
  walk(name);
  return [...found.values()];
}
