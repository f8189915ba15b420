import type { Reasoning } from '#core';
import type { OutboundTarget } from '../dialect.ts';
import { effortOf } from '../reasoning-effort.ts';

/** Models that do not think refuse the field, but for `false`. */
export function writeThink(reasoning: Reasoning | undefined, target: OutboundTarget, lost: string[]): unknown {
  if (reasoning === undefined) return undefined;
  const effort = effortOf(reasoning);
  if (reasoning.enabled === false || effort === 'none') return false;
  if (target.capabilities !== null && !target.capabilities.has('reasoning')) {
    if (effort !== undefined || reasoning.enabled === true) lost.push('reasoning_effort');
    return undefined;
  }
  if (effort === undefined) return reasoning.enabled;
  if (effort === 'xhigh') return 'max';
  return effort === 'minimal' ? 'low' : effort;
}
