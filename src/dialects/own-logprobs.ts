import type { DialectName, NeutralRequest } from '#core';

/**
 * The log probabilities that a request asks for, where its own dialect answers. The neutral form of an answer has no
 * place for them, so towards another dialect `lose` names them, rather than have them paid for and left out. Pure but for `lose`.
 */
export function ownLogprobs(
  request: Pick<NeutralRequest, 'dialect' | 'logprobs'>,
  own: DialectName,
  lose: (name: string) => unknown,
): NeutralRequest['logprobs'] {
  const { dialect = own, logprobs } = request;
  if (logprobs === undefined || dialect === own) return logprobs;
  lose('logprobs');
  return undefined;
}
