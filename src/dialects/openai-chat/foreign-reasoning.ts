import { asArray, asObject, asString, isObject, type JsonObject } from '#core';
import { isForeignReasoning, modelMaker, type ReasoningOrigin } from '../reasoning-origin.ts';

/**
 * Messages for this model without reasoning that another provider signed and this one would refuse: entries of
 * `reasoning_details`, named in `lost`, and Google's signature on a tool call. Hosts of this dialect serve models of all
 * makers, so the model's name decides; one that names no maker gets everything. The same list where there is nothing
 * to take out. Pure but for `lost`.
 */
export function withoutForeign(messages: readonly unknown[], model: string, lost: string[]): readonly unknown[] {
  const maker = modelMaker(model);
  if (maker === 'unknown' || !messages.some((message) => hasForeign(message, maker))) return messages;
  return messages.map((message, at) => {
    if (!isObject(message) || !hasForeign(message, maker)) return message;
    const { reasoning_details, tool_calls, ...rest } = message;
    const details = asArray(reasoning_details).filter((detail, index) => {
      const isForeign = isForeignDetail(detail, maker);
      if (isForeign) lost.push(`messages[${at}].reasoning_details[${index}] (reasoning)`);
      return !isForeign;
    });
    return {
      ...rest,
      ...(details.length > 0 ? { reasoning_details: details } : {}),
      ...(Array.isArray(tool_calls) ? { tool_calls: tool_calls.map((call) => ownCall(call, maker)) } : {}),
    };
  });
}

function hasForeign(message: unknown, maker: ReasoningOrigin): boolean {
  if (!isObject(message) || message.role !== 'assistant') return false;
  if (asArray(message.reasoning_details).some((detail) => isForeignDetail(detail, maker))) return true;
  return asArray(message.tool_calls).some((call) => isForeignReasoning(signatureOf(call), maker));
}

function isForeignDetail(detail: unknown, maker: ReasoningOrigin): boolean {
  const { signature, data } = asObject(detail);
  return isForeignReasoning(asString(signature) ?? asString(data), maker);
}

function ownCall(call: unknown, maker: ReasoningOrigin): unknown {
  if (!isForeignReasoning(signatureOf(call), maker)) return call;
  const { extra_content, ...rest } = call as JsonObject;
  const { google, ...others } = asObject(extra_content);
  const { thought_signature: _, ...kept } = asObject(google);
  const extra = Object.keys(kept).length > 0 ? { ...others, google: kept } : others;
  return Object.keys(extra).length > 0 ? { ...rest, extra_content: extra } : rest;
}

function signatureOf(call: unknown): string | undefined {
  return asString(asObject(asObject(asObject(call).extra_content).google).thought_signature);
}
