import { asArray, type JsonObject } from '#core';
import type { InboundContext, OutboundTarget, PassedRequest } from '../dialect.ts';
import { editsBetween } from '../edits-between.ts';
import { callPath } from './path.ts';
import { applyPolicy } from './policy.ts';

/** What policy changes in the caller's own body. Model and stream stand in the path, so a renamed model edits nothing. */
export function passRequest(body: JsonObject, target: OutboundTarget, context: InboundContext): PassedRequest {
  const lost: string[] = [];
  const changed = applyPolicy(body, target, lost);
  const { prepend, append } = target.prompt;
  const text = (value: string | null) => (value ? [{ text: value }] : []);
  const isPrompted = Boolean(prepend) || Boolean(append);
  const system = [...text(prepend), ...asArray(body.system), ...text(append)];
  return {
    path: callPath(target.upstreamModel, context.pathStream ?? false),
    query: {},
    headers: {},
    edits: editsBetween(body, isPrompted ? { ...changed, system } : changed),
    lost: [...new Set(lost)],
  };
}
