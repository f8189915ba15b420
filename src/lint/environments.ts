import type { Compiled } from '#policy';

/** Whether an environment is one that customers depend on. Pure. */
export function isProduction(environment: string): boolean {
  return /^prod(uction)?$/.test(environment);
}

/** What is found in a production environment, and in each other one that is not production. */
export interface ProductionBeside<Found> {
  readonly own: Found;
  readonly others: readonly { readonly name: string; readonly found: Found }[];
}

/** Looks into a production environment and into those that should have nothing in common with it; null where the environment is none or not at hand. Pure. */
export function productionBeside<Found>(
  { environment, compiled }: { readonly environment: string; readonly compiled: readonly Compiled[] },
  find: (world: Compiled) => Found,
): ProductionBeside<Found> | null {
  const production = compiled.find((each) => each.environment === environment);
  if (!production || !isProduction(environment)) return null;
  const others = compiled
    .filter((each) => !isProduction(each.environment))
    .map((each) => ({ name: each.environment, found: find(each) }));
  return { own: find(production), others };
}
