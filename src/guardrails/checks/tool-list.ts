import { compileGlob, fitsGlob } from '#core';
import type { Check, CheckOptions, CompiledCheck } from '../check.ts';
import { CheckOptionError, PASS } from '../check.ts';

/** Which tools may be offered and called. */
export const toolList: Check = {
  name: 'tool-list',
  summary: 'Tools on offer, and calls of tools, whose names do not fit `allow` or that fit `deny`.',
  actions: ['block', 'flag'],
  compile,
  sample: {
    options: { allow: ['search-*'] },
    hit: { kind: 'tool-call', name: 'delete-all', arguments: {} },
    miss: { kind: 'tool-call', name: 'search-orders', arguments: {} },
  },
};

function compile({ allow, deny = [] }: CheckOptions): readonly CompiledCheck[] {
  if (allow === undefined && deny.length === 0) throw new CheckOptionError('allow', 'expected `allow`, `deny` or both');
  const allowed = allow?.map(compileGlob);
  const denied = deny.map(compileGlob);
  const isRefused = (name: string) =>
    denied.some((glob) => fitsGlob(glob, name)) || allowed?.some((glob) => fitsGlob(glob, name)) === false;
  return [
    { kind: 'tool-call', judge: ({ name }) => (isRefused(name) ? { kind: 'found' } : PASS) },
    {
      kind: 'request',
      judge({ tools }) {
        const count = tools.filter(({ name }) => isRefused(name)).length;
        return count === 0 ? PASS : { kind: 'found', count };
      },
    },
  ];
}
