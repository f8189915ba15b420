import { type DialectName, isObject, type JsonObject, type NeutralRequest, type UserPart } from '#core';
import { dialectOf, type OutboundTarget, wireDialects } from '#dialects';

/** One thing a request may ask for, told in the neutral form. */
export interface Probe {
  /** In the words of OpenAI's chat completions, as callers know them. */
  readonly name: string;
  readonly ask: Partial<NeutralRequest>;
}

/** What became of a probe in one dialect. */
export interface Outcome {
  /** Paths in the written body that are there because of it. */
  readonly fields: readonly string[];
  readonly lost: readonly string[];
}

const tool = { kind: 'function' as const, name: 'f', parameters: { type: 'object', properties: {} } };
const schema = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false };

/** Every parameter of the neutral form. */
export const PARAMETERS: readonly Probe[] = [
  { name: '`max_tokens`, `max_completion_tokens`', ask: { maxOutputTokens: 100 } },
  { name: '`temperature`', ask: { temperature: 0.3 } },
  { name: '`top_p`', ask: { topP: 0.5 } },
  { name: '`top_k`', ask: { topK: 5 } },
  { name: '`stop`, a text or a list', ask: { stop: ['END'] } },
  { name: '`seed`', ask: { seed: 7 } },
  { name: '`n` above 1', ask: { n: 2 } },
  { name: '`frequency_penalty`', ask: { frequencyPenalty: 0.5 } },
  { name: '`presence_penalty`', ask: { presencePenalty: 0.5 } },
  { name: '`logprobs`', ask: { logprobs: {} } },
  { name: '`top_logprobs`', ask: { logprobs: { top: 3 } } },
  { name: '`response_format` json_object', ask: { responseFormat: { kind: 'json-object' } } },
  { name: '`response_format` json_schema', ask: { responseFormat: { kind: 'json-schema', name: 'x', schema } } },
  { name: '`reasoning_effort`', ask: { reasoning: { effort: 'high' } } },
  { name: '`reasoning_effort` none', ask: { reasoning: { effort: 'none' } } },
  { name: 'a thinking budget', ask: { reasoning: { budgetTokens: 4096, enabled: true } } },
  { name: '`tools` and `functions`', ask: { tools: [tool] } },
  { name: '`tool_choice` required', ask: { tools: [tool], toolChoice: { kind: 'required' } } },
  { name: '`tool_choice` naming a tool', ask: { tools: [tool], toolChoice: { kind: 'tool', name: 'f' } } },
  { name: '`tool_choice` none', ask: { tools: [tool], toolChoice: { kind: 'none' } } },
  { name: '`parallel_tool_calls` false', ask: { tools: [tool], parallelToolCalls: false } },
  { name: '`user`', ask: { user: 'u-1' } },
  { name: '`service_tier`', ask: { serviceTier: 'priority' } },
  { name: 'any other field, such as `logit_bias`', ask: { extra: { logit_bias: { 5: 1 } } } },
];

const MARK = 'TUFSSw==';
const turn = (part: UserPart): Partial<NeutralRequest> => ({ messages: [{ role: 'user', content: [part] }] });
const answer = (part: object): Partial<NeutralRequest> => ({
  messages: [
    { role: 'user', content: [{ kind: 'text', text: 'Hello' }] },
    { role: 'assistant', content: [part as never, { kind: 'text', text: 'Hi' }] },
    { role: 'user', content: [{ kind: 'text', text: 'So?' }] },
  ],
});
const base64 = (mediaType: string) => ({ kind: 'base64' as const, mediaType, data: MARK });

/** Every part of a conversation; each holds `MARK`. */
export const CONTENTS: readonly Probe[] = [
  { name: 'a picture in the request', ask: turn({ kind: 'image', source: base64('image/png') }) },
  {
    name: 'a picture by URL',
    ask: turn({ kind: 'image', source: { kind: 'url', url: `https://example.com/${MARK}.png` } }),
  },
  { name: 'a sound recording', ask: turn({ kind: 'audio', source: base64('audio/wav') }) },
  { name: 'a PDF', ask: turn({ kind: 'document', source: base64('application/pdf') }) },
  { name: 'a text document', ask: turn({ kind: 'document', source: { kind: 'text', text: MARK } }) },
  { name: 'the text of thoughts', ask: answer({ kind: 'reasoning', text: MARK }) },
  { name: 'a refusal in words', ask: answer({ kind: 'refusal', text: MARK }) },
  { name: 'a call and its result', ask: callWith({}) },
  { name: 'a picture in a result', ask: callWith({ content: [{ kind: 'image', source: base64('image/png') }] }) },
];

/** Whether a body holds what stands in every part of `CONTENTS`, as it is or as a file in base64. */
export function holdsMark(body: unknown): boolean {
  const text = JSON.stringify(body);
  return text.includes(MARK) || text.includes(Buffer.from(MARK).toString('base64'));
}

function callWith(result: object): Partial<NeutralRequest> {
  return {
    tools: [tool],
    messages: [
      { role: 'user', content: [{ kind: 'text', text: 'Hello' }] },
      { role: 'assistant', content: [{ kind: 'tool-call', id: 'c1', name: 'f', arguments: '{}' }] },
      {
        role: 'user',
        content: [{ kind: 'tool-result', id: 'c1', name: 'f', content: [{ kind: 'text', text: MARK }], ...result }],
      },
    ],
  };
}

const MODELS: Readonly<Partial<Record<DialectName, string>>> = {
  'openai-chat': 'gpt-5.2',
  'openai-responses': 'gpt-5.2',
  'openai-completions': 'davinci-002',
  'anthropic-messages': 'claude-sonnet-4-5',
  gemini: 'gemini-2.5-pro',
  'cohere-chat': 'command-a-reasoning-08-2025',
  ollama: 'gpt-oss',
  'bedrock-converse': 'anthropic.claude-sonnet-4-5-20250929-v1:0',
};

/** The dialects that a request can be written in. */
export function writtenDialects(): readonly DialectName[] {
  return wireDialects();
}

/** Writes a request of another dialect with the probe in it, and one without, and tells them apart. */
export function tryProbe(dialect: DialectName, probe: Probe): Outcome {
  const tools = probe.ask.tools === undefined || probe.ask.toolChoice === undefined ? {} : { tools: probe.ask.tools };
  const before = written(dialect, probe.ask.parallelToolCalls === undefined ? tools : { tools: [tool] });
  const after = written(dialect, probe.ask);
  return { fields: differences(before.body, after.body, ''), lost: after.lost };
}

/** The body and the losses of a request with these fields; `quirks` of a host beside the defaults. */
export function written(
  dialect: DialectName,
  ask: Partial<NeutralRequest>,
  host: { readonly model?: string; readonly quirks?: Partial<OutboundTarget['quirks']> } = {},
) {
  const target: OutboundTarget = {
    upstreamModel: host.model ?? MODELS[dialect] ?? 'm',
    maxOutputTokens: null,
    defaultMaxOutputTokens: 8192,
    params: {},
    prompt: { prepend: null, append: null },
    quirks: { renameParams: {}, dropParams: [], maxStopSequences: null, noStreamOptions: false, ...host.quirks },
    capabilities: null,
  };
  const request: NeutralRequest = {
    // Of another dialect always: nothing passes by being at home.
    dialect: dialect === 'openai-chat' ? 'anthropic-messages' : 'openai-chat',
    model: 'm',
    messages: [{ role: 'user', content: [{ kind: 'text', text: 'Hello' }] }],
    tools: [],
    stream: false,
    streamUsage: true,
    extra: {},
    ...ask,
  };
  const spoken = dialectOf(dialect);
  if (spoken === null) throw new Error(`${dialect} is not spoken`);
  const { body, lost } = spoken.writeRequest(request, target);
  return { body: JSON.parse(JSON.stringify(body)) as JsonObject, lost };
}

/** Paths whose values differ, two levels deep: as far as parameters stand. */
function differences(before: JsonObject, after: JsonObject, prefix: string): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) => {
    const [a, b] = [before[key], after[key]];
    if (JSON.stringify(a) === JSON.stringify(b)) return [];
    const path = prefix === '' ? key : `${prefix}.${key}`;
    if (prefix === '' && isObject(b) && (a === undefined || isObject(a)))
      return differences(isObject(a) ? a : {}, b, key);
    return [b === undefined ? `no ${path}` : path];
  });
}
