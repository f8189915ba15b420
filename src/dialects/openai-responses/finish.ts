import { type AssistantPart, asObject, asString, type Finish, type FinishReason, type JsonObject } from '#core';

/** Reads why an answer ended: `status` and `incomplete_details`; calls and refusals are told by the content. */
export function readFinish(response: JsonObject, content: readonly Pick<AssistantPart, 'kind'>[]): Finish {
  const status = asString(response.status) ?? '';
  const reason = asString(asObject(response.incomplete_details).reason);
  if (reason === 'content_filter') return { reason: 'content-filter', raw: reason };
  if (reason !== undefined) return { reason: 'length', raw: reason };
  if (status === 'incomplete') return { reason: 'length', raw: status };
  if (content.some(({ kind }) => kind === 'tool-call')) return { reason: 'tool-calls', raw: status };
  if (content.some(({ kind }) => kind === 'refusal')) return { reason: 'refusal', raw: status };
  // `complete` is Azure's and DeepSeek's spelling.
  const isWhole = status === '' || status === 'completed' || status === 'complete';
  return { reason: isWhole ? 'stop' : 'other', ...(status === '' ? {} : { raw: status }) };
}

const CUT: ReadonlySet<FinishReason> = new Set(['length', 'context-window', 'pause', 'malformed-tool-call']);

/** Writes `status` and `incomplete_details`; a refusal that is not spelled out is the content filter's. */
export function writeFinish(finish: Finish, hasRefusal: boolean): JsonObject {
  const { reason } = finish;
  if (CUT.has(reason)) return { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } };
  if (reason === 'content-filter' || (reason === 'refusal' && !hasRefusal)) {
    return { status: 'incomplete', incomplete_details: { reason: 'content_filter' } };
  }
  return { status: 'completed', incomplete_details: null };
}
