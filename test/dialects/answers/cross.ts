import assert from 'node:assert/strict';
import type { DialectName, JsonObject, NeutralEvent, NeutralResponse } from '#core';
import { collectEvents, createSseFramer, type Dialect, dialectOf } from '#dialects';
import { callerWith } from '../openai-chat/target.ts';

/** An answer that went from one dialect to another and was read there, and what was named as lost on the way. */
export interface Crossed {
  readonly response: NeutralResponse;
  readonly lost: readonly string[];
}

export function spoken(name: DialectName): Dialect {
  const dialect = dialectOf(name);
  assert.ok(dialect !== null, `${name} is spoken`);
  return dialect;
}

/** The answer as that dialect reads it. */
export function readWhole(name: DialectName, body: JsonObject): NeutralResponse {
  const response = spoken(name).readResponse(JSON.parse(JSON.stringify(body)));
  assert.ok('choices' in response, `${name} reads the answer`);
  return response;
}

/** The events of a stream; of Bedrock one character a byte. */
export function readStream(name: DialectName, text: string): readonly NeutralEvent[] {
  const dialect = spoken(name);
  const framer = dialect.streamFormat?.createFramer() ?? createSseFramer();
  const reader = dialect.createStreamReader();
  const bytes = Buffer.from(text, name === 'bedrock-converse' ? 'latin1' : 'utf8');
  const frames = [...framer.push(bytes), ...framer.end()];
  return [...frames.flatMap((frame) => reader.push(frame)), ...reader.end()];
}

export function collect(events: readonly NeutralEvent[]): NeutralResponse {
  const collector = collectEvents();
  for (const event of events) collector.push(event);
  const response = collector.result();
  assert.ok('choices' in response, 'reason' in response ? response.message : '');
  return response;
}

export function crossWhole(from: DialectName, to: DialectName, body: JsonObject): Crossed {
  const lost = new Set<string>();
  const caller = callerWith({ lose: (what) => lost.add(what) });
  const written = spoken(to).writeResponse(readWhole(from, body), caller);
  return { response: readWhole(to, written), lost: [...lost] };
}

export function crossStream(from: DialectName, to: DialectName, text: string): Crossed {
  const lost = new Set<string>();
  const framing = to === 'bedrock-converse' ? 'aws-eventstream' : to === 'ollama' ? 'ndjson' : 'sse';
  const writer = spoken(to).createStreamWriter(callerWith({ framing, lose: (what) => lost.add(what) }));
  const written = readStream(from, text)
    .map((event) => writer.push(event))
    .join('');
  return { response: collect(readStream(to, written)), lost: [...lost] };
}
