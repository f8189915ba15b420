import { compileGlob, fitsGlob } from '#core';
import type { Check, CheckOptions, CompiledCheck } from '../check.ts';
import { CheckOptionError, PASS } from '../check.ts';

/** Which endpoints may be called. */
export const endpointList: Check = {
  name: 'endpoint-list',
  summary: 'Requests to endpoints that do not fit `allow` or that fit `deny`, as `chat` or `embeddings`.',
  actions: ['block', 'flag'],
  stages: ['input'],
  compile,
  sample: {
    options: { allow: ['chat'] },
    hit: { kind: 'request', request: { endpoint: 'messages' } },
    miss: { kind: 'request', request: { endpoint: 'chat' } },
  },
};

function compile({ allow, deny = [] }: CheckOptions): CompiledCheck {
  if (allow === undefined && deny.length === 0) throw new CheckOptionError('allow', 'expected `allow`, `deny` or both');
  const allowed = allow?.map(compileGlob);
  const denied = deny.map(compileGlob);
  const isRefused = (name: string) =>
    denied.some((glob) => fitsGlob(glob, name)) || allowed?.some((glob) => fitsGlob(glob, name)) === false;
  return { kind: 'request', judge: ({ endpoint }) => (isRefused(endpoint) ? { kind: 'found' } : PASS) };
}
