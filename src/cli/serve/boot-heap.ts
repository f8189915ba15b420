import v8 from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Keeps V8's young generation small while policies compile. Boot makes much short-lived garbage, for which V8 would grow the young generation to tens of
 * MiB and never give them back: idle RSS was 200 MiB and is 130 with this file (Node 26, shipped policies), for about 0.1 s of boot. Effect: a flag of this process.
 */
export function keepYoungHeapSmall(): void {
  v8.setFlagsFromString('--semi-space-growth-factor=1');
}

/** Gives back what boot left behind, and lets the young generation grow again, which traffic needs. Effects: a flag of this process, one collection. */
export function letYoungHeapGrow(): void {
  v8.setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (options: { readonly type: string; readonly flavor: string }) => void;
  collect({ type: 'major', flavor: 'last-resort' });
  v8.setFlagsFromString('--no-expose-gc');
  v8.setFlagsFromString('--semi-space-growth-factor=2');
}
