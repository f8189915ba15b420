import { asArray, asNumber, asObject, asString, type EmbeddingRequest, inputTokens, NO_USAGE, omit } from '#core';
import { countOf, malformed, modelOf, passAt, textsOf } from './fields.ts';
import { applyQuirks, withParams } from './policy.ts';
import type { Service } from './service.ts';
import { readVector } from './vectors.ts';

const PATH = '/embed';
const KNOWN: ReadonlySet<string> = new Set(['model', 'input', 'dimensions']);

/** `POST /api/embed` of Ollama (docs.ollama.com/api/embed, read 2026-11). */
export const ollamaEmbeddings: Service = Object.freeze<Service>({
  kind: 'embeddings',
  form: 'json',
  readRequest(body): EmbeddingRequest {
    const dimensions = countOf(body, 'dimensions');
    return {
      kind: 'embeddings',
      model: modelOf(body),
      inputs: typeof body.input === 'string' ? [body.input] : textsOf(body.input, 'input'),
      ...(dimensions === undefined ? {} : { dimensions }),
      extra: omit(body, KNOWN),
    };
  },
  pass: passAt(PATH),
  writeResponse(response, _body, caller) {
    if (response.kind !== 'embeddings') throw new Error('an answer of another kind');
    return {
      model: response.model || caller.model,
      embeddings: response.vectors,
      prompt_eval_count: inputTokens(response.usage ?? NO_USAGE),
    };
  },
  writeRequest(request, target) {
    if (request.kind !== 'embeddings') throw new Error('a request of another kind');
    const lost = [...Object.keys(request.extra), ...(request.user === undefined ? [] : ['user'])];
    const input = request.inputs.map((item, at) => {
      if (typeof item === 'string') return item;
      lost.push(`input[${at}]`);
      return '';
    });
    const { dimensions } = request;
    const body = { model: target.upstreamModel, input, ...(dimensions === undefined ? {} : { dimensions }) };
    const settled = applyQuirks(withParams(body, target.params), target.quirks, lost);
    return { path: PATH, query: {}, headers: {}, body: settled, lost };
  },
  readResponse(value) {
    const body = asObject(value);
    const vectors = asArray(body.embeddings).map(readVector);
    const whole = vectors.flatMap((vector) => (vector === null ? [] : [vector]));
    if (whole.length === 0 || whole.length < vectors.length) return malformed('The answer holds no embeddings.');
    const input = asNumber(body.prompt_eval_count);
    const usage = input === undefined ? {} : { usage: { ...NO_USAGE, input } };
    return { kind: 'embeddings', model: asString(body.model) ?? '', vectors: whole, ...usage };
  },
  mayBeRaw: false,
});
