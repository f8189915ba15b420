import { compileGlob, fitsGlob } from '#core';
import type { Check, CheckOptions, CompiledCheck } from '../check.ts';
import { CheckOptionError, PASS } from '../check.ts';

/** Which models may be asked for. */
export const modelList: Check = {
  name: 'model-list',
  summary: 'Requests for models that do not fit `allow` or that fit `deny`, by the name that the caller sends.',
  actions: ['block', 'flag'],
  stages: ['input'],
  compile,
  sample: {
    options: { allow: ['gpt-4o*'] },
    hit: { kind: 'request', request: { model: 'o9-large' } },
    miss: { kind: 'request', request: { model: 'gpt-4o-mini' } },
  },
};

function compile({ allow, deny = [] }: CheckOptions): CompiledCheck {
  if (allow === undefined && deny.length === 0) throw new CheckOptionError('allow', 'expected `allow`, `deny` or both');
  const allowed = allow?.map(compileGlob);
  const denied = deny.map(compileGlob);
  const isRefused = (name: string) =>
    denied.some((glob) => fitsGlob(glob, name)) || allowed?.some((glob) => fitsGlob(glob, name)) === false;
  return { kind: 'request', judge: ({ model }) => (isRefused(model) ? { kind: 'found' } : PASS) };
}
