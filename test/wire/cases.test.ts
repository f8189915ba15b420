import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import type { JsonObject, NeutralEvent } from '#core';
import { collectEvents, createSseFramer, type Dialect, dialectOf, type OutboundTarget } from '#dialects';
import { WIRE_DIALECTS } from './recorded/exchanges.ts';
import { rawFacts, streamObjects } from './recorded/raw-facts.ts';

const NAMES = WIRE_DIALECTS;
type Name = (typeof NAMES)[number];
type Forms<T> = Readonly<Partial<Record<Name, T>>>;

/** One thing said in several dialects; see cases/README.md. */
interface WireCase {
  readonly name: string;
  readonly from?: readonly Name[];
  readonly request?: Forms<JsonObject>;
  readonly answer?: Forms<JsonObject>;
  readonly stream?: Forms<readonly JsonObject[]>;
  readonly lost?: Forms<readonly string[]>;
  readonly never?: Forms<readonly string[]>;
  /** Top-level keys of answers that are not compared. */
  readonly ignore?: readonly string[];
}

const folder = join(import.meta.dirname, 'cases');
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
assert.ok(files.length > 0, 'there are wire cases');

for (const file of files) {
  describe(`wire cases of ${file}`, () => {
    const cases: readonly WireCase[] = parse(readFileSync(join(folder, file), 'utf8'));
    for (const wireCase of cases) {
      for (const from of wireCase.from ?? saidIn(wireCase)) {
        for (const to of NAMES) test(`${wireCase.name}: ${from} to ${to}`, () => runCase(wireCase, from, to));
      }
    }
  });
}

/** The dialects in which a case is told; those of one family are told in a file of their own. */
function saidIn({ request, answer, stream }: WireCase): readonly Name[] {
  const forms = request ?? answer ?? stream ?? {};
  return NAMES.filter((name) => forms[name] !== undefined);
}

function runCase(wireCase: WireCase, from: Name, to: Name): void {
  const { request, answer, stream, lost, never, ignore = [] } = wireCase;
  if (request !== undefined) {
    const written = translateRequest(formOf(request, from), from, to);
    if (request[to] !== undefined && from !== to) assert.partialDeepStrictEqual(written.body, formOf(request, to));
    for (const path of lost?.[to] ?? [])
      assert.ok(written.lost.includes(path), `${path} is lost: ${written.lost.join(', ')}`);
    for (const text of never?.[to] ?? [])
      assert.ok(!JSON.stringify(written.body).includes(text), `${text} is not written`);
    return;
  }
  if (answer !== undefined) {
    const response = wire(from).readResponse(formOf(answer, from));
    assert.ok('choices' in response, 'the answer is read');
    const written = JSON.parse(JSON.stringify(wire(to).writeResponse(response, caller)));
    if (answer[to] !== undefined && from !== to)
      assert.partialDeepStrictEqual(written, without(formOf(answer, to), ignore));
    return;
  }
  assert.ok(stream !== undefined, 'a case has a request, an answer or a stream');
  const chunks = formOf(stream, from);
  const writer = wire(to).createStreamWriter(caller);
  const events = readStream(chunks.map((data) => frameOf(data, from)).join(''), from);
  const text = events.map((event) => writer.push(event)).join('');
  const { usage, ...said } = rawFacts(from, chunks);
  const { usage: usageBack, ...saidBack } = rawFacts(to, streamObjects(to, text));
  assert.deepEqual(saidBack, said);
  if (usage !== null) assert.deepEqual(usageBack, usage);
  assert.deepEqual(collect(readStream(text, to)), collect(events), 'what was written reads back the same');
}

const caller = { model: 'm', requestId: 'req_1', streamUsage: true, createdAt: 1_790_000_000, framing: 'sse' } as const;

const target: OutboundTarget = {
  upstreamModel: 'm',
  maxOutputTokens: null,
  defaultMaxOutputTokens: 1024,
  params: {},
  prompt: { prepend: null, append: null },
  quirks: { renameParams: {}, dropParams: [], maxStopSequences: null, noStreamOptions: false },
  capabilities: null,
};

function translateRequest(body: JsonObject, from: Name, to: Name) {
  const isGemini = from === 'gemini';
  const context = { endpoint: 'chat', pathModel: isGemini ? 'm' : null, pathStream: isGemini ? false : null } as const;
  const full = isGemini
    ? body
    : { model: 'm', ...(from === 'anthropic-messages' ? { max_tokens: 1024 } : {}), ...body };
  const written = wire(to).writeRequest(wire(from).readRequest(full, context), target);
  return { body: JSON.parse(JSON.stringify(written.body)), lost: written.lost };
}

function wire(name: Name): Dialect {
  const dialect = dialectOf(name);
  assert.ok(dialect !== null, `${name} is spoken`);
  return dialect;
}

function formOf<T>(forms: Forms<T>, name: Name): T {
  const form = forms[name];
  assert.ok(form !== undefined, `the case has a form for ${name}`);
  return form;
}

function without(object: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}

function frameOf(data: JsonObject, name: Name): string {
  const json = JSON.stringify(data);
  return name === 'ollama' ? `${json}\n` : `${eventLine(data)}data: ${json}\n\n`;
}

function eventLine(data: JsonObject): string {
  return typeof data.type === 'string' ? `event: ${data.type}\n` : '';
}

function readStream(text: string, name: Name): readonly NeutralEvent[] {
  const framer = wire(name).streamFormat?.createFramer() ?? createSseFramer();
  const reader = wire(name).createStreamReader();
  // Binary streams stand as text of one character a byte.
  const bytes = name === 'bedrock-converse' ? Buffer.from(text, 'latin1') : new TextEncoder().encode(text);
  const frames = [...framer.push(bytes), ...framer.end()];
  return [...frames.flatMap((frame) => reader.push(frame)), ...reader.end()];
}

/** Content and reason of an answer; its id, date and the provider's own word for the finish are each dialect's. */
function collect(events: readonly NeutralEvent[]): unknown {
  const collector = collectEvents();
  for (const event of events) collector.push(event);
  const result = collector.result();
  assert.ok('choices' in result, 'the stream is whole');
  return result.choices.map((choice) => ({
    reason: choice.finish.reason,
    content: choice.content.map((part) => {
      if (part.kind === 'reasoning') return { ...part, id: undefined };
      return part.kind === 'tool-call' && part.arguments === '' ? { ...part, arguments: '{}' } : part;
    }),
  }));
}
