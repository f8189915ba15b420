import { asArray, asNumber, asObject, isObject, type JsonObject } from '#core';
import type { InboundContext, OutboundTarget, PassedRequest } from '../dialect.ts';
import { editsBetween } from '../edits-between.ts';
import { withoutForeign } from './foreign-reasoning.ts';
import { applyQuirks, capKey, withParams } from './quirks.ts';

/** What policy changes in the caller's own body; no edits where it asks for nothing that is not so already. */
export function passRequest(body: JsonObject, target: OutboundTarget, _context?: InboundContext): PassedRequest {
  const lost: string[] = [];
  const wanted: Record<string, unknown> = { ...withParams(body, target.params), model: target.upstreamModel };
  const key = capKey(wanted);
  const cap = asNumber(wanted[key]);
  if (target.maxOutputTokens !== null && (cap === undefined || cap > target.maxOutputTokens)) {
    for (const name of ['max_tokens', 'max_completion_tokens']) delete wanted[name];
    wanted[key] = target.maxOutputTokens;
  }
  const streamOptions = passStreamOptions(body, target.quirks.noStreamOptions);
  if (streamOptions === null) delete wanted.stream_options;
  else wanted.stream_options = streamOptions;
  const messages = passMessages(ownMessages(body.messages, target, lost), target);
  if (messages !== body.messages) wanted.messages = messages;
  const edits = editsBetween(body, applyQuirks(wanted, target.quirks, lost));
  return { path: '/chat/completions', query: {}, headers: {}, edits, lost };
}

function ownMessages(messages: unknown, target: OutboundTarget, lost: string[]): unknown {
  return Array.isArray(messages) ? withoutForeign(messages, target.upstreamModel, lost) : messages;
}

/** Usage is always asked for in a stream, so that its cost is known; the gateway takes the event out again. */
function passStreamOptions(body: JsonObject, isRefused: boolean): unknown {
  if (isRefused) return null;
  if (body.stream !== true || asObject(body.stream_options).include_usage === true) return body.stream_options ?? null;
  return { ...asObject(body.stream_options), include_usage: true };
}

function passMessages(messages: unknown, target: OutboundTarget): unknown {
  const { prepend, append } = target.prompt;
  const { systemRole } = target.quirks;
  const isRenamed = systemRole === 'system' || systemRole === 'user';
  const needsRole =
    isRenamed && asArray(messages).some((message) => isInstruction(message) && roleOf(message) !== systemRole);
  if (!prepend && !append && !needsRole) return messages;
  const role = systemRole === 'user' ? 'user' : 'system';
  const list = asArray(messages).map((message) =>
    isRenamed && isInstruction(message) ? { ...asObject(message), role } : message,
  );
  const end = asArray(messages).findIndex((message) => !isInstruction(message));
  if (append) list.splice(end === -1 ? list.length : end, 0, { role, content: append });
  return prepend ? [{ role, content: prepend }, ...list] : list;
}

function roleOf(message: unknown): unknown {
  return isObject(message) ? message.role : undefined;
}

function isInstruction(message: unknown): boolean {
  const role = roleOf(message);
  return role === 'system' || role === 'developer';
}
