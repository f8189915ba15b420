import { Agent, request } from 'undici';
import { asArray, asNumber, asObject } from '#core';
import { createLocalEmbedder } from '#upstream';
import { UsageError } from '../usage-error.ts';

/** Embeds texts, some at a time; reports how far it is. */
export interface TextEmbedder {
  readonly embed: (texts: readonly string[]) => Promise<readonly Float32Array[]>;
  readonly close: () => Promise<void>;
}

/** The embedder of the gateway itself, for English. */
export function localTexts(): TextEmbedder {
  const { embed, close } = createLocalEmbedder();
  return {
    embed: (texts) =>
      embed(texts).catch((cause: Error) => {
        throw new UsageError(`local/en cannot be used: ${cause.message}`, null, { cause });
      }),
    close,
  };
}

/** Any server that speaks OpenAI's embeddings, such as a gateway, vLLM, Ollama or a provider; `key` is sent as a bearer token. */
export function serverTexts(server: string, model: string, key: string | undefined): TextEmbedder {
  const dispatcher = new Agent();
  const url = `${server.replace(/\/$/, '')}/embeddings`;
  return {
    async embed(input) {
      const { statusCode, body } = await request(url, {
        method: 'POST',
        dispatcher,
        headers: { 'content-type': 'application/json', ...(key ? { authorization: `Bearer ${key}` } : {}) },
        body: JSON.stringify({ model, input, encoding_format: 'float' }),
      }).catch((cause: Error) => {
        throw new UsageError(`${url} cannot be reached: ${cause.message}`, null, { cause });
      });
      const answer = await body.json().catch(() => null);
      const rows = asArray(asObject(answer).data)
        .map(asObject)
        .sort((a, b) => (asNumber(a.index) ?? 0) - (asNumber(b.index) ?? 0));
      const vectors = rows.map(({ embedding }) => Float32Array.from(asArray(embedding) as number[]));
      if (statusCode !== 200 || vectors.length !== input.length) {
        throw new UsageError(`${url} answered ${statusCode} without ${input.length} embeddings`);
      }
      return vectors;
    },
    close: () => dispatcher.close(),
  };
}
