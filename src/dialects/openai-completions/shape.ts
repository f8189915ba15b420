import type { JsonObject } from '#core';
import type { InboundContext, RequestShape } from '../dialect.ts';
import { createTextMeter } from '../estimate-tokens.ts';
import { createInputSource } from '../input-ceiling.ts';
import { readBoolean, readNumber, readString } from '../read-fields.ts';
import { severalChoices } from '../several-choices.ts';
import { DEFAULT_MAX_TOKENS } from './policy.ts';
import { readModel, readPrompts, readStreamUsage } from './request.ts';

// A token stands for four characters, as in the estimate of text.
const TOKEN = '    ';

/** What policy needs of a completion request. Every prompt is answered, and `best_of` answers are paid for though one is told. */
export function readShape(body: JsonObject, _context?: InboundContext): RequestShape {
  const model = readModel(body);
  const prompts = readPrompts(body);
  const meter = createTextMeter();
  for (const prompt of prompts) meter.add(typeof prompt === 'string' ? prompt : TOKEN.repeat(prompt.length));
  const suffix = readString(body, 'suffix');
  if (suffix !== undefined) meter.add(suffix);
  const stream = readBoolean(body, 'stream') ?? false;
  const each = Math.max(readNumber(body, 'n') ?? 1, readNumber(body, 'best_of') ?? 1);
  return {
    model,
    stream,
    streamUsage: stream && readStreamUsage(body),
    toolCount: 0,
    images: 0,
    audio: 0,
    documents: 0,
    responseFormat: 'text',
    hasReasoning: false,
    maxOutputTokens: readNumber(body, 'max_tokens') ?? DEFAULT_MAX_TOKENS,
    ...severalChoices(each * prompts.length),
    temperature: readNumber(body, 'temperature') ?? null,
    textLength: meter.length(),
    messageCount: prompts.length,
    source: createInputSource(),
    user: readString(body, 'user') ?? null,
  };
}
