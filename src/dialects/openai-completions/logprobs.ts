import { asArray, asNumber, asObject, isObject, type JsonObject, type TokenLogprob } from '#core';

/** Reads the `logprobs` of a choice, lists side by side; undefined where there are none. A first token may have no figure. Pure. */
export function readLogprobs(value: unknown): readonly TokenLogprob[] | undefined {
  const { tokens, token_logprobs, top_logprobs } = asObject(value);
  const figures = asArray(token_logprobs);
  const tops = asArray(top_logprobs);
  const read = asArray(tokens).flatMap((token, at): TokenLogprob[] => {
    const logprob = asNumber(figures[at]);
    if (typeof token !== 'string' || logprob === undefined) return [];
    const others = tops[at];
    const top = isObject(others)
      ? Object.entries(others).flatMap(([name, figure]) =>
          typeof figure === 'number' ? [{ token: name, logprob: figure }] : [],
        )
      : [];
    return [top.length === 0 ? { token, logprob } : { token, logprob, top }];
  });
  return read.length === 0 ? undefined : read;
}

/** Writes tokens in that form; offsets count the characters of the answer from `offset`. Null where there are none. Pure. */
export function writeLogprobs(tokens: readonly TokenLogprob[], offset: number): JsonObject | null {
  if (tokens.length === 0) return null;
  let at = offset;
  const offsets = tokens.map(({ token }) => {
    const here = at;
    at += token.length;
    return here;
  });
  return {
    tokens: tokens.map(({ token }) => token),
    token_logprobs: tokens.map(({ logprob }) => logprob),
    top_logprobs: tokens.map(({ top = [] }) => Object.fromEntries(top.map(({ token, logprob }) => [token, logprob]))),
    text_offset: offsets,
  };
}
