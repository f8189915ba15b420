import { asNumber, asObject, type JsonObject, NO_USAGE, type Usage } from '#core';
import { asIs, malformed, modelOf } from './fields.ts';
import type { Service } from './service.ts';

/** `GET /v1/realtime` as a WebSocket (platform.openai.com/docs/guides/realtime, read 2026-11): the model stands in the query, the rest is said in the session. */
export const openaiRealtime: Service = Object.freeze<Service>({
  kind: 'realtime',
  form: 'json',
  readRequest: (body) => ({ kind: 'realtime', model: modelOf(body), extra: {} }),
  pass: (_body, { upstreamModel }) => ({
    path: '/realtime',
    query: { model: upstreamModel },
    headers: {},
    edits: {},
    lost: [],
  }),
  writeResponse: asIs,
  writeRequest: () => {
    throw new Error('a session is never translated to another dialect');
  },
  readResponse: () => malformed('A session has no whole answer.'),
  mayBeRaw: true,
});

/** What a `response.done` was billed; undefined for any other event. Cached tokens of sound count as cached. Pure. */
export function readRealtimeUsage(event: JsonObject): Usage | undefined {
  if (event.type !== 'response.done') return undefined;
  const usage = asObject(asObject(event.response).usage);
  const input = asNumber(usage.input_tokens);
  const output = asNumber(usage.output_tokens);
  if (input === undefined && output === undefined) return undefined;
  const details = asObject(usage.input_token_details);
  const cached = Math.min(asNumber(details.cached_tokens) ?? 0, input ?? 0);
  const cachedAudio = asNumber(asObject(details.cached_tokens_details).audio_tokens) ?? 0;
  const fresh = (input ?? 0) - cached;
  const audio = Math.min(Math.max(0, (asNumber(details.audio_tokens) ?? 0) - cachedAudio), fresh);
  const spoken = Math.min(asNumber(asObject(usage.output_token_details).audio_tokens) ?? 0, output ?? 0);
  return {
    ...NO_USAGE,
    input: fresh - audio,
    cacheRead: cached,
    audioInput: audio,
    output: (output ?? 0) - spoken,
    audioOutput: spoken,
  };
}

/** The sum of what two responses were billed. Pure. */
export function addUsage(one: Usage, other: Usage): Usage {
  const names = Object.keys(NO_USAGE) as (keyof Usage)[];
  return Object.fromEntries(names.map((name) => [name, one[name] + other[name]])) as unknown as Usage;
}
