import { asArray, asNumber, asObject, asString, type JsonObject, type TokenLogprob } from '#core';

/** Reads `logprobs`: texts with the ids and log probabilities of their tokens; undefined where there are none. A text of several tokens is one, with the sum. Pure. */
export function readLogprobs(value: unknown): readonly TokenLogprob[] | undefined {
  const items = Array.isArray(value) ? value : value === undefined ? [] : [value];
  const tokens = items.flatMap((item): TokenLogprob[] => {
    const { text, logprobs } = asObject(item);
    const figures = asArray(logprobs).flatMap((figure) => asNumber(figure) ?? []);
    const token = asString(text);
    return token === undefined || figures.length === 0
      ? []
      : [{ token, logprob: figures.reduce((sum, figure) => sum + figure, 0) }];
  });
  return tokens.length === 0 ? undefined : tokens;
}

/** Writes tokens in that form; ids are the provider's own and unknown. Pure. */
export function writeLogprobs(tokens: readonly TokenLogprob[]): JsonObject[] {
  return tokens.map(({ token, logprob }) => ({ token_ids: [], text: token, logprobs: [logprob] }));
}
