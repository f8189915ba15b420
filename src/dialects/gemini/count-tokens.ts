import { asNumber, asObject, isObject, type JsonObject, NO_USAGE } from '#core';
import { countAnswer, countIn } from '../count-answer.ts';
import type { Dialect, InboundContext } from '../dialect.ts';
import { countPath } from '../gemini-path.ts';
import { gemini } from './index.ts';
import { modelFamily } from './model-family.ts';
import { fieldOf, keyOf } from './spelling.ts';

const WRAPPED = 'generateContentRequest';
/** The fields that count: ai.google.dev/api/tokens, read 2026-11. */
const COUNTED: ReadonlySet<string> = new Set(['contents', 'systemInstruction', 'tools', 'toolConfig']);

/** `:countTokens`: contents, or a whole call in `generateContentRequest`, answered by their length. */
export const geminiCounts = Object.freeze<Dialect>({
  ...gemini,
  readShape: (body, context) => ({ ...gemini.readShape(callIn(body), context), stream: false, maxOutputTokens: 0 }),
  readRequest: (body: JsonObject, context: InboundContext) => ({
    ...gemini.readRequest(callIn(body), context),
    stream: false,
  }),
  writeRequest(request, target) {
    const { body } = gemini.writeRequest({ ...request, stream: false }, target);
    const counted = Object.fromEntries(Object.entries(body).filter(([key]) => COUNTED.has(key)));
    const isFlat =
      modelFamily(target.upstreamModel).isVertex || Object.keys(counted).every((key) => key === 'contents');
    const model = `models/${target.upstreamModel}`;
    const sent = isFlat ? counted : { [WRAPPED]: { model, ...counted } };
    return { path: countPath(target.upstreamModel), query: {}, headers: {}, body: sent, lost: [] };
  },
  passRequest(body, target) {
    const call = fieldOf(body, WRAPPED);
    const model = `models/${target.upstreamModel}`;
    const isRenamed = isObject(call) && call.model !== undefined && call.model !== model;
    const edits = isRenamed ? { [keyOf(body, WRAPPED, '')]: { ...call, model } } : {};
    return { path: countPath(target.upstreamModel), query: {}, headers: {}, edits, lost: [] };
  },
  readResponse(body) {
    const tokens = asNumber(asObject(body).totalTokens);
    // A count of nothing is left out, as protocol buffers do with zeros.
    if (tokens !== undefined || (isObject(body) && Object.keys(body).length === 0)) return countAnswer(tokens ?? 0);
    return { reason: 'malformed', message: 'Expected a count of tokens, but the answer has no totalTokens.' };
  },
  writeResponse: (response) => ({ totalTokens: countIn(response) }),
  readUsage: () => NO_USAGE,
});

function callIn(body: JsonObject): JsonObject {
  const call = fieldOf(body, WRAPPED);
  return isObject(call) ? call : body;
}
