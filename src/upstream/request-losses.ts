import type { DialectName, JsonObject } from '#core';
import type { PlanTarget } from '#decision';
import { crossingHints, dialectOf, type InboundContext } from '#dialects';
import type { ExecuteCall } from './call.ts';
import { dialectSpokenTo, outboundTarget } from './outbound-target.ts';

/** What of a request a target's dialect does not take. */
export interface RequestLosses {
  /** The dialect that the target is spoken to in. */
  readonly dialect: DialectName;
  /** Fields that it cannot express, by the caller's paths: the route says what becomes of the request. */
  readonly unsupported: readonly string[];
  /** What is left out without a say of the route, since it changes nothing about what is asked. */
  readonly hints: readonly string[];
}

/** A chat as its caller sent it. */
export interface SentChat {
  readonly dialect: DialectName;
  readonly context: InboundContext;
  readonly body: JsonObject;
}

/**
 * What of a chat is lost towards a target, as the gateway would find when it calls it: nothing where both speak one
 * dialect and policy changes nothing. Throws GatewayError `invalid_request` for a body that cannot be read. Pure.
 */
export function requestLosses(
  { dialect, context, body }: SentChat,
  policy: Pick<ExecuteCall, 'models' | 'route'>,
  target: PlanTarget,
): RequestLosses {
  const spoken = dialectSpokenTo(target.provider, dialect);
  const [from, to] = [dialectOf(dialect), dialectOf(spoken)];
  if (from === null || to === null) return { dialect: spoken, unsupported: [], hints: [] };
  const out = outboundTarget(policy, target);
  if (spoken === dialect) {
    return { dialect: spoken, unsupported: from.passRequest(body, out, context).lost, hints: [] };
  }
  const neutral = from.readRequest(body, context);
  const only = neutral.sameDialectOnly ?? [];
  const unsupported = only.length > 0 ? only : [...new Set(to.writeRequest(neutral, out).lost)];
  return { dialect: spoken, unsupported, hints: crossingHints(neutral, spoken) };
}
