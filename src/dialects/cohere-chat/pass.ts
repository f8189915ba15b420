import { asArray, type JsonObject } from '#core';
import type { InboundContext, OutboundTarget, PassedRequest } from '../dialect.ts';
import { editsBetween } from '../edits-between.ts';
import { promptAroundMessages } from '../prompt-around.ts';
import { applyPolicy } from './policy.ts';
import { CHAT_PATH } from './write-request.ts';

/** What policy changes in the caller's own body; no edits where it asks for nothing that is not so already. */
export function passRequest(body: JsonObject, target: OutboundTarget, _context?: InboundContext): PassedRequest {
  const lost: string[] = [];
  const changed = applyPolicy(body, target, lost);
  const messages = promptAroundMessages(asArray(body.messages), target.prompt);
  const edits = editsBetween(body, messages === null ? changed : { ...changed, messages });
  return { path: CHAT_PATH, query: {}, headers: {}, edits, lost };
}
