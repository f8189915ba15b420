import type { Place } from '#core';
import { placeOf } from '#decision';
import type { Progress } from './progress.ts';

/** The line of policy that refused a request, as `budgets/product.yaml:7`; null where none did: what a provider, a key nobody knows or the network refuses. Pure. */
export function refusedAt({ decision, errorCode, guard, active }: Progress): string | null {
  if (errorCode === 'guardrail_blocked') {
    const blocking = guard?.tally.verdicts().findLast(({ action }) => action === 'block');
    if (blocking === undefined) return null;
    return written(placeOf(active.snapshot, `Guardrail/${blocking.guardrail}`, `checks[${blocking.check}]`, 'checks'));
  }
  return decision?.kind === 'deny' ? written(decision.at) : null;
}

function written(place: Place | null): string | null {
  return place === null ? null : `${place.file}:${place.line}`;
}
