import { GatewayError } from '#core';
import type { ConditionInput } from './portkey-condition.ts';
import type { PortkeyCall, PortkeyTarget } from './portkey-config.ts';

/** A call to be made, and on which statuses the next one is tried; null for every failure. */
export interface PickedCall {
  readonly call: PortkeyCall;
  readonly onStatuses: readonly number[] | null;
}

/** What a strategy decides by. */
export interface StrategyInput extends ConditionInput {
  /** In [0, 1). */
  readonly draw: number;
}

/**
 * Lays a configuration out as the calls of one request, in order: conditions and weights choose one target, a fallback keeps all. The last call of a group
 * falls back on what the group around it names, since leaving the group is that one's affair. Pure.
 */
export function pickTargets(root: PortkeyTarget, input: StrategyInput): readonly PickedCall[] {
  return lay(root, input, []);
}

function lay(target: PortkeyTarget, input: StrategyInput, leaveOn: readonly number[] | null): readonly PickedCall[] {
  switch (target.kind) {
    case 'none':
      return [];
    case 'provider':
      return [{ call: target, onStatuses: leaveOn }];
    case 'fallback': {
      const last = target.targets.length - 1;
      return target.targets.flatMap((each, index) => lay(each, input, index === last ? leaveOn : target.onStatuses));
    }
    case 'loadbalance':
      return lay(weighted(target.targets, input.draw), input, leaveOn);
    case 'conditional':
      return lay(chosen(target, input), input, leaveOn);
  }
}

function weighted(targets: readonly PortkeyTarget[], draw: number): PortkeyTarget {
  const total = targets.reduce((sum, each) => sum + weightOf(each), 0);
  let rest = draw * total;
  for (const each of targets) {
    rest -= weightOf(each);
    if (rest < 0) return each;
  }
  return targets.findLast((each) => weightOf(each) > 0) ?? { kind: 'none' };
}

function weightOf(target: PortkeyTarget): number {
  return target.kind === 'none' ? 0 : target.weight;
}

function chosen(target: Extract<PortkeyTarget, { kind: 'conditional' }>, input: StrategyInput): PortkeyTarget {
  const name = target.conditions.find(({ when }) => when(input))?.target ?? target.otherwise;
  if (name === null) throw invalid('no condition holds, and strategy.default names no target');
  const found = target.targets.find((each) => each.kind !== 'none' && each.name === name);
  if (found === undefined) throw invalid(`no target is named ${name.slice(0, 64)}`);
  return found;
}

function invalid(problem: string): GatewayError {
  return new GatewayError('invalid_header', `x-portkey-config: ${problem}`);
}
