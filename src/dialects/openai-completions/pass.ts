import { asObject, type JsonObject } from '#core';
import type { InboundContext, OutboundTarget, PassedRequest } from '../dialect.ts';
import { editsBetween } from '../edits-between.ts';
import { applyPolicy } from './policy.ts';
import { COMPLETIONS_PATH } from './write-request.ts';

/** What policy changes in the caller's own body. The route's prompt has no place but the text itself, around which it stands. */
export function passRequest(body: JsonObject, target: OutboundTarget, _context?: InboundContext): PassedRequest {
  const lost: string[] = [];
  const changed: Record<string, unknown> = { ...applyPolicy(body, target, lost) };
  const { prepend, append } = target.prompt;
  if (prepend || append) {
    const around = [prepend, body.prompt, append].filter((text) => typeof text === 'string' && text !== '');
    if (typeof body.prompt === 'string') changed.prompt = around.join('\n\n');
    else lost.push('prompt');
  }
  if (body.stream === true && !target.quirks.noStreamOptions && asObject(body.stream_options).include_usage !== true) {
    changed.stream_options = { ...asObject(body.stream_options), include_usage: true };
  }
  return { path: COMPLETIONS_PATH, query: {}, headers: {}, edits: editsBetween(body, changed), lost };
}
