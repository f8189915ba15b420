import { asArray, asNumber, asObject, asString, isObject, type JsonObject, type TokenLogprob } from '#core';

/** Reads tokens with their probabilities as OpenAI's chat completions and responses, and Ollama, list them; undefined where there are none. Pure. */
export function readTokens(value: unknown): readonly TokenLogprob[] | undefined {
  const tokens = asArray(value).flatMap((item): TokenLogprob[] => {
    if (!isObject(item)) return [];
    const read = readToken(item);
    if (read === null) return [];
    const top = asArray(item.top_logprobs).flatMap((other) => readToken(asObject(other)) ?? []);
    return [top.length === 0 ? read : { ...read, top }];
  });
  return tokens.length === 0 ? undefined : tokens;
}

function readToken(item: JsonObject): Omit<TokenLogprob, 'top'> | null {
  const token = asString(item.token);
  const logprob = asNumber(item.logprob);
  if (token === undefined || logprob === undefined) return null;
  const bytes = Array.isArray(item.bytes) ? item.bytes.filter((byte) => typeof byte === 'number') : undefined;
  return { token, logprob, ...(bytes === undefined ? {} : { bytes }) };
}

/** Writes them in that form, the bytes always told. Pure. */
export function writeTokens(tokens: readonly TokenLogprob[]): JsonObject[] {
  return tokens.map((token) => ({ ...writeToken(token), top_logprobs: (token.top ?? []).map(writeToken) }));
}

function writeToken({ token, logprob, bytes }: Omit<TokenLogprob, 'top'>): JsonObject {
  return { token, logprob, bytes: bytes ?? [...new TextEncoder().encode(token)] };
}
