import { asArray, asNumber, asObject, asString, type JsonObject, type TokenLogprob } from '#core';
import { fieldOf } from './spelling.ts';

/** Reads a candidate's `logprobsResult`; undefined where there is none. Pure. */
export function readLogprobs(candidate: JsonObject): readonly TokenLogprob[] | undefined {
  const result = asObject(fieldOf(candidate, 'logprobsResult'));
  const tops = asArray(fieldOf(result, 'topCandidates'));
  const tokens = asArray(fieldOf(result, 'chosenCandidates')).flatMap((chosen, at): TokenLogprob[] => {
    const read = readToken(asObject(chosen));
    if (read === null) return [];
    const top = asArray(asObject(tops[at]).candidates).flatMap((other) => readToken(asObject(other)) ?? []);
    return [top.length === 0 ? read : { ...read, top }];
  });
  return tokens.length === 0 ? undefined : tokens;
}

function readToken(value: JsonObject): TokenLogprob | null {
  const token = asString(value.token);
  const logprob = asNumber(fieldOf(value, 'logProbability'));
  return token === undefined || logprob === undefined ? null : { token, logprob };
}

/** Writes tokens as `logprobsResult` and their mean as `avgLogprobs`; nothing where there are none. Pure. */
export function writeLogprobs(tokens: readonly TokenLogprob[]): JsonObject {
  if (tokens.length === 0) return {};
  const hasTop = tokens.some(({ top }) => top !== undefined);
  return {
    avgLogprobs: tokens.reduce((sum, { logprob }) => sum + logprob, 0) / tokens.length,
    logprobsResult: {
      ...(hasTop ? { topCandidates: tokens.map(({ top = [] }) => ({ candidates: top.map(writeToken) })) } : {}),
      chosenCandidates: tokens.map(writeToken),
    },
  };
}

function writeToken({ token, logprob }: TokenLogprob): JsonObject {
  return { token, logProbability: logprob };
}
