import {
  asArray,
  asObject,
  asString,
  invalidField,
  isObject,
  type JsonObject,
  type ModerationRequest,
  omit,
} from '#core';
import { readString } from '../read-fields.ts';
import { asIs, passAt, readAsIs } from './fields.ts';
import { readInputUsage } from './openai-embeddings.ts';
import type { Service } from './service.ts';

const PATH = '/moderations';
const KNOWN: ReadonlySet<string> = new Set(['model', 'input']);
/** What OpenAI itself takes where no model is named. */
const DEFAULT_MODEL = 'omni-moderation-latest';

/** `POST /v1/moderations` (platform.openai.com/docs/api-reference/moderations, read 2026-11): of OpenAI, and of Mistral in the same form. */
export const openaiModerations: Service = Object.freeze<Service>({
  kind: 'moderation',
  form: 'json',
  readRequest,
  pass: passAt(PATH),
  writeResponse: asIs,
  writeRequest(request, target) {
    const body = request.kind === 'moderation' ? request.body : {};
    return { path: PATH, query: {}, headers: {}, body: { ...body, model: target.upstreamModel }, lost: [] };
  },
  readResponse: (value) =>
    readAsIs(value, 'results', (body) => ({ images: 0, texts: [], usage: readInputUsage(body.usage) })),
  mayBeRaw: false,
});

function readRequest(body: JsonObject): ModerationRequest {
  const { input } = body;
  const items = typeof input === 'string' ? [input] : input;
  if (!Array.isArray(items) || items.length === 0) throw invalidField('input', 'expected a text or a list');
  const inputs: string[] = [];
  let images = 0;
  for (const [at, item] of items.entries()) {
    if (typeof item === 'string') inputs.push(item);
    else if (!isObject(item)) throw invalidField(`input[${at}]`, 'expected a text or an object');
    else if (item.type === 'image_url') images += 1;
    else inputs.push(textIn(item, `input[${at}].text`));
  }
  return {
    kind: 'moderation',
    model: readString(body, 'model') || DEFAULT_MODEL,
    inputs,
    images,
    body,
    extra: omit(body, KNOWN),
  };
}

function textIn(item: JsonObject, path: string): string {
  const text =
    asString(item.text) ??
    asArray(item.content)
      .map((part) => asString(asObject(part).text) ?? '')
      .join('');
  if (typeof item.text !== 'string' && text === '') throw invalidField(path, 'expected a text');
  return text;
}
