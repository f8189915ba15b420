import { KEYS } from '../gateway/harness.ts';

/** One input of a fuzz run: bytes to be sent on a connection of its own, in these pieces. */
export interface FuzzInput {
  readonly seed: number;
  readonly pieces: readonly Buffer[];
}

/** Draws from a seed (mulberry32): the same ones each time. */
export interface Draws {
  readonly below: (count: number) => number;
  readonly pick: <T>(list: readonly T[]) => T;
  readonly chance: (share: number) => boolean;
}

const TEXTS: readonly object[] = [
  { model: 'to-openai', messages: [{ role: 'user', content: 'Hello' }], temperature: 0.5, stream: false },
  { model: 'to-anthropic', max_tokens: 20, messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }] },
  { contents: [{ role: 'user', parts: [{ text: 'Hello' }] }], generationConfig: { maxOutputTokens: 20 } },
  { model: 'to-responses', input: [{ role: 'user', content: [{ type: 'input_text', text: 'Hello' }] }] },
  { model: 'to-cohere', messages: [{ role: 'user', content: 'Hello' }], tools: [], stream: true },
  { model: 'to-gemini', messages: [{ role: 'user', content: 'x', images: [] }], options: { num_predict: 5 } },
  {
    model: 'to-openai',
    tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } }],
    messages: [
      { role: 'assistant', tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }] },
      { role: 'tool', tool_call_id: 'a', content: 'done' },
    ],
  },
  { model: 'to-openai', prompt: 'Hello', max_tokens: 4 },
  { model: 'to-openai', input: ['one', 'two'] },
  { messages: [{ role: 'user', content: [{ text: 'Hello' }] }], inferenceConfig: { maxTokens: 5 } },
];
const PATHS: readonly string[] = [
  '/v1/chat/completions',
  '/v1/messages',
  '/v1/messages/count_tokens',
  '/v1beta/models/to-gemini:generateContent',
  '/v1beta/models/to-openai:streamGenerateContent?alt=sse',
  '/v1beta/models/to-openai:countTokens',
  '/v1/responses',
  '/v2/chat',
  '/api/chat',
  '/v1/completions',
  '/v1/embeddings',
  '/v1/rerank',
  '/v1/moderations',
  '/model/to-bedrock/converse',
  '/model/to-openai/converse-stream',
  '/v1/images/generations',
  '/v1/audio/speech',
  '/v1/audio/transcriptions',
  '/api/ai/faq',
  '/admin/explain',
  '/admin/silences',
  '/v1/models',
  '/nothing',
];
/** Paths with the place of the text that is theirs: every second input is not confused, so that it comes as far as a provider. */
const MATCHED: readonly (readonly [string, number])[] = [
  ...[['/v1/chat/completions', 0] as const, ['/v1/messages', 1] as const, ['/v1/chat/completions', 6] as const],
  ...[
    ['/v1beta/models/to-gemini:generateContent', 2] as const,
    ['/v1/responses', 3] as const,
    ['/v2/chat', 4] as const,
  ],
  ...[['/api/chat', 5] as const, ['/v1/completions', 7] as const, ['/model/to-bedrock/converse', 9] as const],
];
const ODD: readonly unknown[] = [
  ...[null, true, -1, 1e308, 1.5, '', '\ud800', '\0', '__proto__', 'x'.repeat(3000), [], {}, [[[]]], { type: 7 }],
  ...[Number.MAX_SAFE_INTEGER + 2, '2026-13-45', 'data:image/png;base64,%%%', '../../etc/passwd', '%{jndi}', '\u202e'],
];
const NAMES: readonly string[] = [
  '__proto__',
  'constructor',
  'toString',
  'stream',
  'model',
  'messages',
  'content',
  'a.b',
];
const HEADERS: readonly string[] = [
  ...['x-signalbox-metadata', 'x-signalbox-cache', 'x-signalbox-session', 'x-portkey-config', 'x-portkey-provider'],
  ...['x-portkey-custom-host', 'x-portkey-metadata', 'cf-aig-metadata', 'cf-aig-cache-ttl', 'traceparent', 'cookie'],
  ...[
    'content-type',
    'content-encoding',
    'accept',
    'anthropic-beta',
    'x-forwarded-for',
    'expect',
    'upgrade',
    'te',
    'range',
  ],
  ...['transfer-encoding', 'content-length', 'connection', 'authorization', 'x-api-key', 'idempotency-key', 'host'],
];
const VALUES: readonly string[] = [
  ...['', '{}', '[]', '{"a":', '{"strategy":{"mode":"fallback"},"targets":[{}]}', 'null', '-1', '99999999999999999999'],
  ...[
    'chunked',
    'gzip',
    'close',
    'keep-alive, upgrade',
    'websocket',
    '100-continue',
    'multipart/form-data; boundary=b',
  ],
  ...['multipart/form-data', 'application/json; charset=utf-16', 'text/event-stream', '1.2.3.4, ::1', 'a'.repeat(5000)],
  ...[
    '00-00000000000000000000000000000000-0000000000000000-01',
    '\xff\xfe',
    'refresh',
    '127.0.0.1:1',
    'openai',
    'Bearer x',
  ],
];

export function drawsOf(seed: number): Draws {
  let state = seed >>> 0;
  const draw = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (count: number) => Math.floor(draw() * count);
  return { below, pick: (list) => list[below(list.length)] as never, chance: (share) => draw() < share };
}

/** The input of a seed. Pure. */
export function fuzzInput(seed: number): FuzzInput {
  const draws = drawsOf(seed);
  const { pick, chance } = draws;
  const [fitting, text] = pick(MATCHED);
  const isFitting = chance(0.5);
  const body = bodyOf(draws, isFitting ? (TEXTS[text] ?? {}) : pick(TEXTS));
  const isChunked = chance(0.2);
  const method = chance(0.92)
    ? 'POST'
    : pick(['GET', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'TRACE', 'M-SEARCH']);
  const path = isFitting ? fitting : chance(0.85) ? pick(PATHS) : oddText(draws, pick(PATHS));
  const lines = [
    `${method} ${path} HTTP/${chance(0.97) ? '1.1' : pick(['1.0', '2.0', '0.9', '1.1x'])}`,
    'host: gateway',
  ];
  if (chance(0.9)) lines.push(`authorization: Bearer ${chance(0.95) ? KEYS.team : KEYS.unknown}`);
  if (chance(0.9)) lines.push('content-type: application/json');
  lines.push(isChunked ? 'transfer-encoding: chunked' : `content-length: ${lengthOf(draws, body)}`);
  while (chance(0.35)) lines.push(`${pick(HEADERS)}: ${pick(VALUES)}`);
  if (chance(0.5)) lines.push('connection: close');
  let head = `${lines.join('\r\n')}\r\n\r\n`;
  if (chance(0.1)) head = oddText(draws, head);
  const whole = Buffer.concat([Buffer.from(head, 'latin1'), isChunked ? chunked(draws, body) : body]);
  return { seed, pieces: cut(draws, whole) };
}

function bodyOf(draws: Draws, text: object): Buffer {
  const { below, chance, pick } = draws;
  const value = mutated(draws, text, chance(0.5) ? 0.01 : 0.1);
  if (chance(0.04)) return Buffer.from('['.repeat(1 + below(100_000)));
  if (chance(0.04)) {
    const part = `--b\r\ncontent-disposition: form-data; name="${pick(NAMES)}"\r\n\r\n${JSON.stringify(value)}\r\n--b--\r\n`;
    return Buffer.from(oddText(draws, part), 'latin1');
  }
  const bytes = Buffer.from(JSON.stringify(value) ?? 'null');
  if (chance(0.75)) return bytes;
  if (chance(0.3)) return bytes.subarray(0, below(bytes.length));
  for (let n = 1 + below(4); n > 0; n--) bytes[below(bytes.length)] = below(256);
  return bytes;
}

function mutated(draws: Draws, value: unknown, share: number): unknown {
  const { chance, pick } = draws;
  if (chance(share)) return pick(ODD);
  if (Array.isArray(value)) {
    const items = value.map((item) => mutated(draws, item, share));
    return chance(0.05) ? Array(1 + draws.below(300)).fill(items[0] ?? null) : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, mutated(draws, item, share)] as const);
  if (chance(0.1)) entries.push([pick(NAMES), pick(ODD)]);
  if (chance(0.05)) entries.pop();
  // Of `fromEntries` the name __proto__ is an ordinary one, as it is to JSON.
  return Object.fromEntries(entries);
}

function lengthOf({ chance, below, pick }: Draws, body: Buffer): string {
  if (chance(0.94)) return String(body.length);
  return pick([
    String(body.length + below(50)),
    String(below(body.length + 1)),
    '-1',
    '1e3',
    '0x10',
    '',
    '9'.repeat(30),
  ]);
}

function chunked({ chance, below }: Draws, body: Buffer): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; at < body.length; ) {
    const size = Math.min(body.length - at, 1 + below(chance(0.5) ? 8 : 4096));
    const written = chance(0.995) ? size.toString(16) : 'g1';
    pieces.push(
      Buffer.from(`${written}${chance(0.05) ? ';a=b' : ''}\r\n`),
      body.subarray(at, at + size),
      Buffer.from('\r\n'),
    );
    at += size;
  }
  return Buffer.concat([...pieces, Buffer.from(chance(0.97) ? '0\r\n\r\n' : '0\r\nx-a: b\r\n')]);
}

function oddText({ below, pick }: Draws, text: string): string {
  const at = below(text.length);
  const odd = pick([
    '\0',
    '\r',
    '\n',
    '\xff',
    '%00',
    '%',
    '%2f',
    '//',
    '..',
    ' ',
    ':',
    '\t',
    '\r\n ',
    '%c3%28',
    '?',
    '#',
    '%u0041',
  ]);
  return text.slice(0, at) + odd + text.slice(at + below(2));
}

function cut({ chance, below }: Draws, whole: Buffer): readonly Buffer[] {
  if (chance(0.8)) return [whole];
  const at = below(whole.length);
  return [whole.subarray(0, at), whole.subarray(at)];
}
