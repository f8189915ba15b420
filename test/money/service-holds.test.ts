import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type JsonObject, NO_USAGE, type ServiceName, type ServiceRequest, type Usage } from '#core';
import { type Attempt, decide, match, settle } from '#decision';
import { inboundService, shapeOfService, unreportedUsage } from '#dialects';
import { shapeFacts } from '#gateway';

import { callSize } from '../../src/upstream/stream-account.ts';
import { factsOf, NOON, requestOf } from '../decision/build.ts';
import { compileInlineSnapshot } from '../support/compile-inline.ts';

const PRICES =
  '[{ from: 2020-01-01, input: "3.00", output: "40.00", audioInput: "7.00", audioOutput: "50.00", image: "0.04", request: "0.002", source: "https://example.com", readAt: 2026-11-01 }]';

/** A model that says how much it reads and writes, and one that says nothing. */
const SNAPSHOT = compileInlineSnapshot(`kind: Consumer
metadata: { name: app }
spec: {}
---
${['declared', 'silent']
  .map(
    (name) => `kind: Route
metadata: { name: ${name} }
spec: { match: { models: [${name}] }, chain: ${name} }
---
kind: Chain
metadata: { name: ${name} }
spec: { targets: [{ id: only, model: p/${name} }] }
---
kind: Model
metadata: { name: p/${name} }
spec: { provider: p, upstreamName: m, ${name === 'declared' ? 'contextWindow: 16000, maxOutput: 12000, ' : ''}capabilities: [embeddings, rerank, moderation, images, audio-input, audio-output, vision], prices: ${PRICES} }
---
`,
  )
  .join('')}kind: Provider
metadata: { name: p }
spec: { dialect: openai-chat, baseUrl: https://p.example.com/v1, auth: { kind: none } }
---
${['cost: "100000 USD"', 'tokens: 1000000000', 'inputTokens: 1000000000', 'outputTokens: 1000000000']
  .map(
    (limit, at) =>
      `kind: Budget\nmetadata: { name: b${at} }\nspec: { limit: { ${limit} }, window: { every: day, timezone: UTC }, onExhausted: deny }\n`,
  )
  .join('---\n')}`);

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.array(fc.constantFrom('漢', '😀', 'é', '\n', '"'), { minLength: 1, maxLength: 80 }).map((units) => units.join('')),
  fc.base64String({ maxLength: 400 }),
);
const texts = fc.array(text, { minLength: 1, maxLength: 40 });
/** Of no call takes OpenAI's speech more than 4096 characters; others do. */
const long = fc.tuple(text, fc.integer({ min: 1, max: 60 })).map(([words, times]) => `a${words}`.repeat(times));
const share = fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true }));

/** A call, the most that its provider can honestly count, and what is billed by the piece. */
interface Called {
  readonly request: ServiceRequest;
  readonly endpoint: 'embeddings' | 'rerank' | 'moderations' | 'images' | 'audio';
  readonly bodyBytes: number;
  readonly most: {
    readonly input: number;
    readonly audioInput?: number;
    readonly output?: number;
    readonly sound?: number;
  };
  readonly pieces: Pick<Attempt, 'images' | 'searchUnits'>;
}

function json(
  name: ServiceName,
  endpoint: Called['endpoint'],
  body: JsonObject,
  most: Called['most'],
  pieces = {},
): Called {
  const context = { endpoint, pathModel: null, pathStream: null, service: name } as const;
  const request = inboundService('openai-chat', name)?.readRequest(body, context);
  assert.ok(request !== undefined);
  return { request, endpoint, bodyBytes: Buffer.byteLength(JSON.stringify(body)), most, pieces };
}

const bytes = (all: readonly string[]) => all.reduce((sum, each) => sum + Buffer.byteLength(each), 0);
/** Begin and end of each text, as encoders mark them. */
const marks = (count: number) => 2 * count;

const CALLS: Readonly<Record<string, (model: string) => fc.Arbitrary<Called>>> = {
  embeddings: (model) =>
    texts.map((input) =>
      json('embeddings', 'embeddings', { model, input }, { input: bytes(input) + marks(input.length) }),
    ),
  'embeddings of token ids': (model) =>
    fc
      .array(fc.array(fc.nat({ max: 200_000 }), { minLength: 1, maxLength: 50 }), { minLength: 1, maxLength: 5 })
      .map((input) => json('embeddings', 'embeddings', { model, input }, { input: input.flat().length })),
  moderations: (model) =>
    texts.map((input) =>
      json('moderations', 'moderations', { model, input }, { input: bytes(input) + marks(input.length) }),
    ),
  // Voyage and Jina: the query counts with each of the documents (docs.voyageai.com, FAQ on rerankers' total tokens, 2026-11).
  'rerank by tokens': (model) =>
    fc.tuple(text, texts).map(([query, documents]) =>
      json(
        'rerank',
        'rerank',
        { model, query: `q${query}`, documents },
        {
          input: (1 + bytes([query]) + marks(2)) * documents.length + bytes(documents),
        },
      ),
    ),
  'rerank by searches': (model) =>
    fc
      .tuple(text, texts)
      .map(([query, documents]) =>
        json('rerank', 'rerank', { model, query: `q${query}`, documents }, { input: 0 }, { searchUnits: 1 }),
      ),
  // Up to 6240 tokens a picture of high quality, and 100 for each of three sketches (platform.openai.com, image generation, 2026-11).
  'pictures by tokens': (model) =>
    fc
      .tuple(text, fc.integer({ min: 1, max: 10 }))
      .map(([prompt, n]) =>
        json(
          'image-generation',
          'images',
          { model, prompt: `p${prompt}`, n },
          { input: 1 + bytes([prompt]), output: n * 6540 },
        ),
      ),
  'pictures by the piece': (model) =>
    fc
      .tuple(text, fc.integer({ min: 1, max: 10 }))
      .map(([prompt, n]) =>
        json('image-generation', 'images', { model, prompt: `p${prompt}`, n }, { input: 0 }, { images: n }),
      ),
  speech: (model) =>
    long.map((input) =>
      json(
        'speech',
        'audio',
        { model, input, voice: 'x' },
        { input: bytes([input]), sound: Math.ceil(1.4 * input.length) },
      ),
    ),
  transcription: (model) =>
    fc.tuple(fc.integer({ min: 1, max: 5_000_000 }), text).map(([sizeBytes, prompt]) => ({
      request: { kind: 'transcription', model, sizeBytes, prompt, stream: false, extra: {} },
      endpoint: 'audio',
      bodyBytes: sizeBytes + bytes([prompt]) + 300,
      // 32 tokens a second of the thinnest speech, 500 bytes a second.
      most: { input: bytes([prompt]), audioInput: Math.floor(sizeBytes / 500) * 32, output: 2000 },
      pieces: {},
    })),
};

for (const model of ['declared', 'silent']) {
  for (const [name, callsOf] of Object.entries(CALLS)) {
    test(`no charge for ${name} by a ${model} model is more than was held, told by the provider or not`, () => {
      fc.assert(
        fc.property(callsOf(model), fc.boolean(), share, (called, isTold, part) => {
          const { request, endpoint, bodyBytes, most, pieces } = called;
          const facts = requestOf({ ...shapeFacts(shapeOfService(request), bodyBytes), endpoint, bodyBytes, model });
          const found = match(SNAPSHOT, facts, NOON);
          assert.ok(found.kind === 'matched');
          const decision = decide(SNAPSHOT, facts, found.route, factsOf());
          assert.ok(decision.kind === 'allow', JSON.stringify(decision));
          const own =
            model === 'declared' ? { window: 16_000, output: 12_000 } : { window: Infinity, output: Infinity };
          const of = (tokens = 0) => Math.round(tokens * part);
          const count = facts.choices ?? 1;
          const planned = decision.plan.targets[0];
          assert.ok(planned);
          const told: Usage = {
            ...NO_USAGE,
            input: of(most.input),
            audioInput: Math.min(of(most.audioInput), own.window - of(most.input)),
            output: Math.min(of(most.output), own.output * count),
            audioOutput: Math.min(of(most.sound), own.output),
          };
          const usage = isTold ? told : unreportedUsage(request, callSize(facts.inputTokens, planned));
          const attempt: Attempt = {
            ...{
              target: planned.id,
              outcome: 'ok',
              status: 200,
              startedMs: 0,
              firstTokenMs: null,
            },
            ...{ endedMs: 1, retryAfterMs: null, estimated: !isTold, noRetry: false, usage, ...pieces },
          };
          for (const { counter, amount, held, overrun } of settle(SNAPSHOT, decision, [attempt], NOON).charges) {
            assert.ok(amount <= held, `${counter.unit}: ${amount} charged, ${held} held, ${JSON.stringify(usage)}`);
            assert.equal(overrun, undefined);
          }
        }),
        { numRuns: 150 },
      );
    });
  }
}
