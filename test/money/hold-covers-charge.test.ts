import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type JsonObject, NO_USAGE, type Usage } from '#core';
import {
  type Attempt,
  type Decision,
  decide,
  match,
  type Plan,
  type PlanTarget,
  type RequestFacts,
  raiseHolds,
  settle,
} from '#decision';
import { type CacheWrites, cacheWritesIn, dialectOf } from '#dialects';
import { shapeFacts } from '#gateway';
import { factsOf, NOON, requestOf } from '../decision/build.ts';
import { compileInlineSnapshot } from '../support/compile-inline.ts';

const PREPEND = 'あなたは Example 社の窓口です。😀'.repeat(20);

const MODELS: Readonly<Record<string, string>> = {
  claude: 'anthropic/bound',
  command: 'cohere/bound',
  gemini: 'google/bound',
  gpt: 'openai/bound',
};

/** A route to one target, whose hold no dearer one covers up. */
function alone(id: string): string {
  return `kind: Route
metadata: { name: ${id} }
spec: { match: { models: [${id}] }, chain: ${id}, prompt: { prepend: "${PREPEND}", append: null } }
---
kind: Chain
metadata: { name: ${id} }
spec: { maxAttempts: 5, fallbackOn: [server-error], targets: [{ id: ${id}, model: ${MODELS[id]} }] }
---
`;
}

/** Four models of several price classes and tiers, one tier cheaper than what is below it. */
const SNAPSHOT = compileInlineSnapshot(`kind: Consumer
metadata: { name: app }
spec: {}
---
kind: Route
metadata: { name: default }
spec: { match: {}, chain: main, prompt: { prepend: "${PREPEND}", append: null } }
---
${['claude', 'command', 'gemini', 'gpt'].map(alone).join('')}kind: Chain
metadata: { name: main }
spec:
  maxAttempts: 5
  fallbackOn: [rate-limit, server-error, timeout]
  targets: [{ id: claude, model: anthropic/bound }, { id: command, model: cohere/bound }, { id: gemini, model: google/bound }, { id: gpt, model: openai/bound }]
---
kind: Model
metadata: { name: anthropic/bound }
spec:
  provider: anthropic
  upstreamName: claude-bound
  contextWindow: 200000
  maxOutput: 8192
  prices:
    - { from: 2020-01-01, input: "3.00", cacheRead: "0.30", cacheWrite: "3.75", cacheWrite1h: "6.00", output: "15.00", source: "https://example.com", readAt: 2026-11-01 }
---
kind: Model
metadata: { name: cohere/bound }
spec:
  provider: cohere
  upstreamName: command-bound
  contextWindow: 256000
  maxOutput: 8000
  prices:
    - { from: 2020-01-01, input: "2.50", output: "10.00", source: "https://example.com", readAt: 2026-11-01 }
---
kind: Model
metadata: { name: google/bound }
spec:
  provider: google
  upstreamName: gemini-bound
  contextWindow: 1000000
  maxOutput: 9000
  prices:
    - from: 2020-01-01
      input: "1.25"
      output: "10.00"
      audioInput: "7.00"
      source: "https://example.com"
      readAt: 2026-11-01
      tiers:
        - { aboveInputTokens: 1500, input: "9.00", output: "90.00" }
        - { aboveInputTokens: 4000, input: "2.50", output: "15.00" }
---
kind: Model
metadata: { name: openai/bound }
spec:
  provider: openai
  upstreamName: gpt-4o-mini
  contextWindow: 128000
  prices:
    - { from: 2020-01-01, input: "2.00", cacheRead: "0.50", output: "8.00", reasoning: "9.00", audioInput: "40.00", audioOutput: "80.00", source: "https://example.com", readAt: 2026-11-01 }
---
${['cost: "100000 USD"', 'tokens: 1000000000', 'inputTokens: 1000000000', 'outputTokens: 1000000000']
  .map(
    (limit, at) =>
      `kind: Budget\nmetadata: { name: b${at} }\nspec: { limit: { ${limit} }, window: { every: day, timezone: UTC }, onExhausted: deny }\n`,
  )
  .join('---\n')}---
kind: Budget
metadata: { name: claude-only }
spec: { scope: { models: [anthropic/bound] }, limit: { cost: "100000 USD" }, window: { every: day, timezone: UTC }, onExhausted: deny }
`);

const WINDOWS: Readonly<Record<string, number>> = {
  claude: 200_000,
  command: 256_000,
  gemini: 1_000_000,
  gpt: 128_000,
};
/** The published sizes at the largest picture. */
const IMAGE: Readonly<Record<string, number>> = { claude: 4784, command: 16_384, gemini: 5160, gpt: 48_169 };

const DIALECTS = [
  'openai-chat',
  'openai-responses',
  'openai-completions',
  'anthropic-messages',
  'bedrock-converse',
  'gemini',
  'cohere-chat',
  'ollama',
] as const;
/** What else than text and pictures their callers can send. */
const ALSO: Readonly<Partial<Record<Asked['dialect'], readonly string[]>>> = {
  'openai-chat': ['audio', 'pdf'],
  'openai-responses': ['pdf'],
  'anthropic-messages': ['pdf'],
  'bedrock-converse': ['pdf'],
  gemini: ['audio', 'pdf'],
};

/** A request with what any provider may honestly count for it. */
interface Asked {
  readonly dialect: (typeof DIALECTS)[number];
  readonly body: JsonObject;
  /** Texts as the model gets them: a token stands for a byte at least. */
  readonly texts: readonly string[];
  readonly messages: number;
  readonly hasTools: boolean;
  readonly images: number;
  readonly audioTokens: number;
  /** Whether it brings in what is not in the body. */
  readonly isOpen: boolean;
  /** How long what it marks is to be kept in a prompt cache. */
  readonly cached?: CacheWrites;
}

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.string({ unit: 'grapheme', maxLength: 80 }),
  fc
    .array(fc.constantFrom('漢', '字', 'ﷺ', '😀', 'é', '\n', '"', 'ا'), { maxLength: 80 })
    .map((units) => units.join('')),
  fc.base64String({ maxLength: 200 }),
);
const schema = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<unknown>;
const media = fc.integer({ min: 1, max: 20_000 }).map((quads) => 'QUJD'.repeat(quads));

const part = fc.oneof(
  { weight: 20, arbitrary: text.map((value) => ({ kind: 'text', value }) as const) },
  { weight: 2, arbitrary: media.map((value) => ({ kind: 'image', value }) as const) },
  { weight: 2, arbitrary: media.map((value) => ({ kind: 'audio', value }) as const) },
  { weight: 1, arbitrary: media.map((value) => ({ kind: 'pdf', value }) as const) },
);

const asked: fc.Arbitrary<Asked> = fc
  .record({
    dialect: fc.constantFrom(...DIALECTS),
    cached: fc.constantFrom<CacheWrites>('none', 'none', '5m', '1h'),
    system: fc.option(text, { nil: undefined }),
    messages: fc.array(fc.array(part, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 }),
    tools: fc.array(fc.record({ name: fc.string({ minLength: 1, maxLength: 8 }), description: text, schema }), {
      maxLength: 2,
    }),
    format: fc.option(fc.dictionary(fc.string({ maxLength: 8 }), schema), { nil: undefined }),
    cap: fc.option(fc.integer({ min: 1, max: 5000 }), { nil: undefined }),
    choices: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ dialect, cached, system, messages, tools, format, cap, choices }) => {
    const isPlain = dialect === 'openai-completions';
    const kinds = ['text', ...(isPlain ? [] : ['image']), ...(ALSO[dialect] ?? [])];
    const parts = messages.map((each) => each.filter(({ kind }) => kinds.includes(kind)));
    const all = parts.flat();
    const body = writeBody[dialect]({ system, parts, tools, format, cap, choices, cached });
    const audioChars = all.reduce((sum, { kind, value }) => sum + (kind === 'audio' ? value.length : 0), 0);
    return {
      dialect,
      body,
      cached: dialect === 'anthropic-messages' || dialect === 'bedrock-converse' ? cached : 'none',
      texts: [
        ...(system === undefined ? [] : [system]),
        ...all.flatMap(({ kind, value }) => (kind === 'text' ? [value] : [])),
        ...(isPlain ? [] : tools).flatMap((tool) => [tool.name, tool.description, plain(tool.schema)]),
        ...(format === undefined || isPlain ? [] : [plain(format)]),
      ],
      messages: messages.length + (system === undefined ? 0 : 1),
      // A format becomes a tool where the target knows no formats.
      hasTools: !isPlain && (tools.length > 0 || format !== undefined),
      images: all.filter(({ kind }) => kind === 'image').length,
      // 32 tokens a second at 500 bytes a second.
      audioTokens: Math.floor((audioChars * 0.75) / 500) * 32,
      isOpen: all.some(({ kind }) => kind === 'pdf'),
    };
  });

interface Parts {
  readonly system: string | undefined;
  readonly parts: readonly (readonly { readonly kind: 'text' | 'image' | 'audio' | 'pdf'; readonly value: string }[])[];
  readonly tools: readonly { readonly name: string; readonly description: string; readonly schema: unknown }[];
  readonly format: unknown;
  readonly cap: number | undefined;
  readonly choices: number;
  readonly cached: CacheWrites;
}

const writeBody: Readonly<Record<Asked['dialect'], (parts: Parts) => JsonObject>> = {
  'openai-chat': ({ system, parts, tools, format, cap, choices }) => ({
    model: 'm',
    n: choices,
    ...(cap === undefined ? {} : { max_completion_tokens: cap }),
    ...(format === undefined
      ? {}
      : { response_format: { type: 'json_schema', json_schema: { name: 'f', schema: format } } }),
    ...(tools.length === 0
      ? {}
      : {
          tools: tools.map(({ name, description, schema: parameters }) => ({
            type: 'function',
            function: { name, description, parameters },
          })),
        }),
    messages: [
      ...(system === undefined ? [] : [{ role: 'system', content: system }]),
      ...parts.map((each) => ({
        role: 'user',
        content: each.map(({ kind, value }) => {
          if (kind === 'text') return { type: 'text', text: value };
          if (kind === 'image') return { type: 'image_url', image_url: { url: `data:image/png;base64,${value}` } };
          if (kind === 'audio') return { type: 'input_audio', input_audio: { data: value, format: 'mp3' } };
          return { type: 'file', file: { file_data: `data:application/pdf;base64,${value}` } };
        }),
      })),
    ],
  }),
  // Each prompt is answered; the end of a text that is to be filled in stands for the instructions.
  'openai-completions': ({ system, parts, cap, choices }) => ({
    model: 'm',
    n: choices,
    ...(cap === undefined ? {} : { max_tokens: cap }),
    ...(system === undefined ? {} : { suffix: system }),
    prompt: parts.map((each) => each.map(({ value }) => value).join('')),
  }),
  'cohere-chat': ({ system, parts, tools, format, cap }) => ({
    model: 'm',
    ...(cap === undefined ? {} : { max_tokens: cap }),
    ...(format === undefined ? {} : { response_format: { type: 'json_object', json_schema: format } }),
    ...(tools.length === 0 ? {} : { tools: tools.map(functionTool) }),
    messages: [
      ...(system === undefined ? [] : [{ role: 'system', content: system }]),
      ...parts.map((each) => ({
        role: 'user',
        content: each.map(({ kind, value }) =>
          kind === 'text'
            ? { type: 'text', text: value }
            : { type: 'image_url', image_url: { url: `data:image/png;base64,${value}` } },
        ),
      })),
    ],
  }),
  ollama: ({ system, parts, tools, format, cap }) => ({
    model: 'm',
    ...(cap === undefined ? {} : { options: { num_predict: cap } }),
    ...(format === undefined ? {} : { format }),
    ...(tools.length === 0 ? {} : { tools: tools.map(functionTool) }),
    messages: [
      ...(system === undefined ? [] : [{ role: 'system', content: system }]),
      ...parts.map((each) => ({
        role: 'user',
        content: each.flatMap(({ kind, value }) => (kind === 'text' ? [value] : [])).join(''),
        images: each.flatMap(({ kind, value }) => (kind === 'image' ? [value] : [])),
      })),
    ],
  }),
  'openai-responses': ({ system, parts, tools, format, cap }) => ({
    model: 'm',
    ...(cap === undefined ? {} : { max_output_tokens: cap }),
    ...(system === undefined ? {} : { instructions: system }),
    ...(format === undefined ? {} : { text: { format: { type: 'json_schema', name: 'f', schema: format } } }),
    tools: tools.map(({ name, description, schema: parameters }) => ({
      ...{ type: 'function', name, description, parameters },
    })),
    input: parts.map((each) => ({
      role: 'user',
      content: each.map(({ kind, value }) => {
        if (kind === 'text') return { type: 'input_text', text: value };
        if (kind === 'image') return { type: 'input_image', image_url: `data:image/png;base64,${value}` };
        return { type: 'input_file', filename: 'a.pdf', file_data: `data:application/pdf;base64,${value}` };
      }),
    })),
  }),
  'bedrock-converse': ({ system, parts, tools, format, cap, cached }) => ({
    ...(cap === undefined ? {} : { inferenceConfig: { maxTokens: cap } }),
    system: [
      ...(system === undefined ? [] : [{ text: system }]),
      ...(cached === 'none' ? [] : [{ cachePoint: { type: 'default', ttl: cached } }]),
    ],
    ...(format === undefined
      ? {}
      : {
          outputConfig: {
            textFormat: {
              type: 'json_schema',
              structure: { jsonSchema: { name: 'f', schema: JSON.stringify(format) } },
            },
          },
        }),
    ...(tools.length === 0
      ? {}
      : {
          toolConfig: {
            tools: tools.map(({ name, description, schema: json }) => ({
              toolSpec: { name, description, inputSchema: { json } },
            })),
          },
        }),
    messages: parts.map((each) => ({
      role: 'user',
      content: each.map(({ kind, value }) => {
        if (kind === 'text') return { text: value };
        if (kind === 'image') return { image: { format: 'png', source: { bytes: value } } };
        return { document: { format: 'pdf', name: 'a', source: { bytes: value } } };
      }),
    })),
  }),
  'anthropic-messages': ({ system, parts, tools, format, cap, cached }) => ({
    model: 'm',
    ...(cached === 'none' ? {} : { cache_control: { type: 'ephemeral', ttl: cached } }),
    ...(cap === undefined ? {} : { max_tokens: cap }),
    ...(system === undefined ? {} : { system }),
    ...(format === undefined ? {} : { output_config: { format: { type: 'json_schema', schema: format } } }),
    ...(tools.length === 0
      ? {}
      : { tools: tools.map(({ name, description, schema: input_schema }) => ({ name, description, input_schema })) }),
    messages: parts.map((each) => ({
      role: 'user',
      content: each.map(({ kind, value }) => {
        if (kind === 'text') return { type: 'text', text: value };
        const type = kind === 'image' ? 'image' : 'document';
        return {
          type,
          source: { type: 'base64', media_type: kind === 'image' ? 'image/png' : 'application/pdf', data: value },
        };
      }),
    })),
  }),
  gemini: ({ system, parts, tools, format, cap, choices }) => ({
    generationConfig: {
      candidateCount: choices,
      ...(cap === undefined ? {} : { maxOutputTokens: cap }),
      ...(format === undefined ? {} : { responseJsonSchema: format }),
    },
    ...(system === undefined ? {} : { systemInstruction: { parts: [{ text: system }] } }),
    ...(tools.length === 0
      ? {}
      : {
          tools: [
            {
              functionDeclarations: tools.map(({ name, description, schema: parametersJsonSchema }) => ({
                name,
                description,
                parametersJsonSchema,
              })),
            },
          ],
        }),
    contents: parts.map((each) => ({
      role: 'user',
      parts: each.map(({ kind, value }) => {
        if (kind === 'text') return { text: value };
        const mimeType = { image: 'image/png', audio: 'audio/mp3', pdf: 'application/pdf' }[kind];
        return { inlineData: { mimeType, data: value } };
      }),
    })),
  }),
};

function functionTool({ name, description, schema: parameters }: Parts['tools'][number]) {
  return { type: 'function', function: { name, description, parameters } };
}

/** A value in as few bytes as a provider can tell it to a model and keep it whole. */
function plain(value: unknown): string {
  if (Array.isArray(value)) return value.map(plain).join(',');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([key, each]) => `${key}:${plain(each)}`)
    .join(',');
}

/** The most input tokens that an honest provider can count. */
function honestInput(request: Asked, target: string): { readonly total: number; readonly audio: number } {
  const window = WINDOWS[target] ?? Number.NaN;
  const text = request.texts.reduce((sum, each) => sum + Buffer.byteLength(each), 0) + Buffer.byteLength(PREPEND);
  const overhead = 70 + 7 * (request.messages + 1) + (request.hasTools ? 530 : 0);
  const read = request.isOpen ? window : Math.min(window, text + overhead + request.audioTokens);
  const audio = request.isOpen ? window : Math.min(window, request.audioTokens);
  return { total: read + request.images * (IMAGE[target] ?? Number.NaN), audio };
}

/** How a provider splits its counts, as shares of what is left. */
const share = fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true }));
const shares = fc.record({
  input: share,
  output: share,
  cacheRead: share,
  cacheWrite: share,
  cacheWrite1h: share,
  audio: share,
  reasoning: share,
  audioOutput: share,
});

type Shares = typeof shares extends fc.Arbitrary<infer T> ? T : never;

function honestUsage(request: Asked, target: string, outputAtMost: number, share: Shares): Usage {
  const most = honestInput(request, target);
  assert.ok(most.total > 0);
  let left = Math.round(most.total * share.input);
  const take = (part: number, limit = left): number => {
    const taken = Math.min(left, limit, Math.round(left * part));
    left -= taken;
    return taken;
  };
  const audioInput = most.audio > 0 ? take(share.audio, most.audio) : 0;
  const cacheRead = take(share.cacheRead);
  // Claude writes nothing but what is marked; others may, but not for an hour. Of what it brings in by itself nobody knows.
  const cached = request.isOpen ? '1h' : (request.cached ?? 'none');
  const cacheWrite = target === 'claude' && cached === 'none' ? 0 : take(share.cacheWrite);
  const cacheWrite1h = cached === '1h' ? take(share.cacheWrite1h) : 0;
  const input = left;
  left = Math.round(outputAtMost * share.output);
  const reasoning = take(share.reasoning);
  const audioOutput = take(share.audioOutput);
  return { ...NO_USAGE, input, audioInput, cacheRead, cacheWrite, cacheWrite1h, reasoning, audioOutput, output: left };
}

const walks = fc.array(fc.record({ target: fc.nat({ max: 3 }), isBilled: fc.boolean(), share: shares }), {
  minLength: 1,
  maxLength: 5,
});

function admitted(
  request: Asked,
  model: string,
): {
  readonly facts: RequestFacts;
  readonly decision: Extract<Decision, { kind: 'allow' }>;
} {
  const context = { endpoint: 'chat', pathModel: 'm', pathStream: false } as const;
  const shape = dialectOf(request.dialect)?.readShape(request.body, context);
  assert.ok(shape !== undefined);
  const bytes = Buffer.from(JSON.stringify(request.body));
  const facts = requestOf({
    ...shapeFacts(shape, bytes.length),
    cacheWrites: cacheWritesIn(bytes),
    dialect: request.dialect,
    model,
  });
  const found = match(SNAPSHOT, facts, NOON);
  assert.ok(found.kind === 'matched');
  const decision = decide(SNAPSHOT, facts, found.route, factsOf());
  assert.ok(decision.kind === 'allow', JSON.stringify(decision));
  return { facts, decision };
}

/** `claude` for `main/claude`. */
function nameOf(target: PlanTarget | undefined): string {
  return target?.id.split('/')[1] ?? '';
}

function attemptAt(plan: Plan, at: number, usage: Usage | null, isLast: boolean): Attempt {
  return {
    target: plan.targets[at % plan.targets.length]?.id ?? '',
    outcome: isLast ? 'ok' : 'server-error',
    status: isLast ? 200 : 500,
    ...{ startedMs: 0, firstTokenMs: null, endedMs: 1, retryAfterMs: null, estimated: false, noRetry: false },
    usage,
  };
}

test('whatever is asked, whoever answers, and however often it was billed, the charge is never more than was held', () => {
  let tightest = 0;
  fc.assert(
    fc.property(asked, fc.constantFrom('any', 'claude', 'command', 'gemini', 'gpt'), walks, (request, model, walk) => {
      const { decision } = admitted(request, model);
      const attempts = walk.map(({ target, isBilled, share }, index) => {
        const isLast = index === walk.length - 1;
        const planned = decision.plan.targets[target % decision.plan.targets.length];
        const usage = honestUsage(request, nameOf(planned), outputOf(request, nameOf(planned)), share);
        return attemptAt(decision.plan, target, isBilled || isLast ? usage : null, isLast);
      });
      // What the gateway reserves before the last attempt.
      const held = raiseHolds(SNAPSHOT, decision, attempts.slice(0, -1), NOON).reservations;
      for (const [at, charge] of settle(SNAPSHOT, decision, attempts, NOON).charges.entries()) {
        const most = held[at]?.amount ?? 0;
        assert.ok(charge.amount <= most, `${charge.counter.budget}: ${charge.amount} charged, ${most} held`);
        assert.equal(charge.overrun, undefined);
        tightest = Math.max(tightest, most === 0 ? 0 : charge.amount / most);
      }
    }),
    { numRuns: 3000 },
  );
  // The bound is no use if it is never come near to.
  assert.ok(tightest > 0.95, `the charge came up to ${tightest} of the hold`);
});

/** The most output that a provider makes: the caller's cap or the model's, for every answer; openai/bound declares no more than its window. */
function outputOf({ body, dialect }: Asked, target: string): number {
  const config = (body.generationConfig ?? {}) as JsonObject;
  const inference = (body.inferenceConfig ?? {}) as JsonObject;
  const cap = (body.max_tokens ??
    body.max_completion_tokens ??
    body.max_output_tokens ??
    inference.maxTokens ??
    config.maxOutputTokens ??
    (body.options as JsonObject | undefined)?.num_predict ??
    // OpenAI's own default for a completion.
    (dialect === 'openai-completions' ? 16 : undefined)) as number | undefined;
  const prompts = dialect === 'openai-completions' ? (body.prompt as readonly unknown[]).length : 1;
  const choices = dialect === 'gemini' ? (config.candidateCount as number) : prompts * ((body.n ?? 1) as number);
  const own = { claude: 8192, command: 8000, gemini: 9000 }[target] ?? 128_000;
  return Math.min(cap ?? own, own) * choices;
}

test('a provider that bills beyond the bound is charged in full, and the excess is told', () => {
  const request: Asked = {
    ...{
      dialect: 'openai-chat',
      texts: ['Hi'],
      messages: 1,
      hasTools: false,
      images: 0,
      audioTokens: 0,
      isOpen: false,
    },
    body: { model: 'm', max_completion_tokens: 10, messages: [{ role: 'user', content: 'Hi' }] },
  };
  const { decision } = admitted(request, 'any');
  const usage = { ...NO_USAGE, input: 100_000, output: 10 };
  const attempts = [attemptAt(decision.plan, 0, usage, false), attemptAt(decision.plan, 0, usage, true)];
  const charges = settle(SNAPSHOT, decision, attempts, NOON).charges;
  const tokens = charges.find(({ counter }) => counter.unit === 'inputTokens');
  assert.equal(tokens?.amount, 200_000);
  assert.equal(tokens?.overrun, 200_000 - 2 * (tokens?.held ?? 0));
  assert.equal(charges.find(({ counter }) => counter.unit === 'outputTokens')?.overrun, undefined);
});

test('Claude is held at its dearest cache write only where the body can ask for it', () => {
  const say = (more: JsonObject): Asked => ({
    ...{ dialect: 'anthropic-messages', texts: ['Hi'], messages: 1, hasTools: false, images: 0, audioTokens: 0 },
    ...{ isOpen: false, body: { model: 'm', max_tokens: 10, messages: [{ role: 'user', content: 'Hi' }], ...more } },
  });
  const costPerToken = (more: JsonObject) => {
    const { decision } = admitted(say(more), 'claude');
    const held = (unit: string) => decision.reservations.find(({ counter }) => counter.unit === unit)?.amount ?? 0;
    // A bound is rounded up to a micro-dollar.
    return Math.floor((100 * (held('cost') - 10 * 15)) / held('inputTokens')) / 100;
  };
  assert.equal(costPerToken({}), 3);
  assert.equal(costPerToken({ cache_control: { type: 'ephemeral' } }), 3.75);
  assert.equal(costPerToken({ cache_control: { type: 'ephemeral', ttl: '1h' } }), 6);
});

test('no spelling of a marker is overlooked', () => {
  const of = (text: string) => cacheWritesIn(Buffer.from(text));
  assert.equal(of('{"messages":[{"content":"caf\\u00e9 at 1h"}]}'), 'none');
  assert.equal(of('{"cache_control":{"type":"ephemeral"}}'), '5m');
  assert.equal(of('{"cachePoint":{"type":"default","ttl":"1h"}}'), '1h');
  assert.equal(of('{"cache\\u005fcontrol":{"ttl":"1h"}}'), '1h');
  assert.equal(of('{"cache_control":{"ttl":"\\u0031h"}}'), '1h');
  assert.equal(of('{"cache_control":{"ttl":"1\\u0068"}}'), '1h');
});
