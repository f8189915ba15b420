import { asNumber, asObject, isObject, NO_USAGE } from '#core';
import { countAnswer, countIn } from '../count-answer.ts';
import type { Dialect } from '../dialect.ts';
import { anthropicMessages } from './index.ts';

/** The fields that count: docs.claude.com/en/api/messages-count-tokens, read 2026-11. */
const COUNTED: ReadonlySet<string> = new Set([
  ...['model', 'messages', 'system', 'tools', 'tool_choice', 'thinking', 'mcp_servers', 'cache_control'],
]);
const PATH = '/messages/count_tokens';

/** `/v1/messages/count_tokens`: the same body, answered by its length. */
export const anthropicCounts = Object.freeze<Dialect>({
  ...anthropicMessages,
  readShape: (body, context) => ({ ...anthropicMessages.readShape(body, context), stream: false, maxOutputTokens: 0 }),
  readRequest: (body, context) => ({ ...anthropicMessages.readRequest(body, context), stream: false }),
  writeRequest(request, target) {
    const { body, headers } = anthropicMessages.writeRequest({ ...request, stream: false }, target);
    const counted = Object.fromEntries(Object.entries(body).filter(([key]) => COUNTED.has(key)));
    return { path: PATH, query: {}, headers, body: counted, lost: [] };
  },
  passRequest(body, target, context) {
    const { edits, headers } = anthropicMessages.passRequest(body, target, context);
    const counted = Object.fromEntries(Object.entries(edits).filter(([key]) => COUNTED.has(key)));
    return { path: PATH, query: {}, headers, edits: counted, lost: [] };
  },
  readResponse(body) {
    const tokens = asNumber(asObject(body).input_tokens);
    if (tokens !== undefined) return countAnswer(tokens);
    if (isObject(body) && body.type === 'error') return anthropicMessages.readResponse(body);
    return { reason: 'malformed', message: 'Expected a count of tokens, but the answer has no input_tokens.' };
  },
  writeResponse: (response) => ({ input_tokens: countIn(response) }),
  readUsage: () => NO_USAGE,
});
