import { asArray, asString, isObject, type JsonObject } from '#core';
import { fitThinking } from '../claude-thinking.ts';
import type { OutboundTarget, PassedRequest } from '../dialect.ts';
import { isForeignReasoning } from '../reasoning-origin.ts';
import { isForeignCitation } from './citations.ts';
import { policyEdits } from './policy-edits.ts';
import { quirkEdits } from './quirks.ts';
import { API_HEADERS, apply, MESSAGES_PATH, traitsOf } from './write-request.ts';

const FITTED = ['max_tokens', 'thinking', 'output_config', 'temperature', 'top_p', 'top_k', 'tool_choice'];

/** What policy changes in a caller's own body; without any change the bytes go out as they came. */
export function passRequest(body: JsonObject, target: OutboundTarget): PassedRequest {
  const lost: string[] = [];
  const traits = traitsOf(target);
  const edits = policyEdits(body, target, traits, lost);
  // The caller's own mistakes are for the API to answer; only a body that policy changed is made to fit its rules.
  if (FITTED.some((key) => key in edits)) {
    Object.assign(edits, fitThinking(apply(body, edits), traits, lost, { thinking: 'thinking' }));
  }
  const messages = withoutForeign(body.messages, lost);
  if (messages !== null) edits.messages = messages;
  Object.assign(edits, quirkEdits(apply(body, edits), target.quirks, lost));
  return { path: MESSAGES_PATH, query: {}, headers: API_HEADERS, edits, lost: [...new Set(lost)] };
}

/**
 * The messages without what only another provider's answer left in them, which this API refuses: thoughts without a
 * signature of its own, the signature beside a tool call, and citations of searches that were not its own. Null when
 * there is nothing of the kind.
 */
function withoutForeign(messages: unknown, lost: string[]): readonly unknown[] | null {
  const list = asArray(messages);
  if (
    !list.some((message) => contentOf(message).some((block) => isForeign(block) || isSigned(block) || isCited(block)))
  )
    return null;
  const kept: unknown[] = [];
  for (const [at, message] of list.entries()) {
    const content: unknown[] = [];
    const blocks = contentOf(message);
    for (const [index, block] of blocks.entries()) {
      if (isForeign(block)) lost.push(`messages[${at}].content[${index}] (reasoning)`);
      else content.push(ownBlock(block));
    }
    if (blocks.length === 0 || blocks.length === content.length) kept.push(rebuilt(message, content));
    else if (content.length > 0) kept.push({ ...(message as JsonObject), content });
  }
  return kept;
}

function rebuilt(message: unknown, content: readonly unknown[]): unknown {
  return content.length === 0 ? message : { ...(message as JsonObject), content };
}

function contentOf(message: unknown): readonly unknown[] {
  return isObject(message) && message.role === 'assistant' ? asArray(message.content) : [];
}

function isForeign(block: unknown): boolean {
  if (!isObject(block)) return false;
  if (block.type === 'redacted_thinking') return isForeignReasoning(asString(block.data), 'anthropic');
  if (block.type !== 'thinking') return false;
  return (block.signature ?? '') === '' || isForeignReasoning(asString(block.signature), 'anthropic');
}

function isSigned(block: unknown): boolean {
  return isObject(block) && block.type === 'tool_use' && block.signature !== undefined;
}

function isCited(block: unknown): boolean {
  return isObject(block) && asArray(block.citations).some(isForeignCitation);
}

function ownBlock(block: unknown): unknown {
  if (isSigned(block)) return { ...(block as JsonObject), signature: undefined };
  if (!isCited(block)) return block;
  const { citations, ...rest } = block as JsonObject;
  const kept = asArray(citations).filter((citation) => !isForeignCitation(citation));
  return kept.length === 0 ? rest : { ...rest, citations: kept };
}
