import { BRACKET } from '../char-classes.ts';
import type { Check, CheckOptions, SpanCheck } from '../check.ts';
import { hostOf, refusesHost } from '../hosts.ts';
import { inOrder, spansOf } from '../spans-of.ts';

const IMAGE = /!\[[^\]\n]{0,256}\]\(\s{0,4}<?(?:https?:)?[/\\]{2}([^\s>)]{1,2048})[^)\n]{0,256}\)?/gi;
const HTML =
  /<(?:img|image|source|video|audio|iframe|embed)\s[^<>]{0,256}?(?:src|srcset|href)\s{0,2}=\s{0,2}["']?(?:https?:)?[/\\]{2}([^\s"'<>]{1,2048})[^<>]{0,256}>?/gi;

/** Images that a page would load by itself. */
export const markdownImages: Check = {
  name: 'markdown-images',
  summary:
    'Markdown and HTML images from other hosts: a page that shows them sends what stands in the address. `allow` names hosts that may be there, `deny` those that may not; with neither, every one is found.',
  limits: 'Images by reference (`![a][1]`) are not found here; `markdown-links` finds the address that they refer to.',
  compile,
  sample: {
    options: { allow: ['*.example.com'] },
    hit: { kind: 'text', text: '![logo](https://collect.example.net/p.png?q=data)' },
    miss: { kind: 'text', text: '![logo](https://static.example.com/logo.png)' },
  },
};

function compile(options: CheckOptions): SpanCheck {
  const isRefused = refusesHost(options);
  const accept = ([, authority = '']: RegExpExecArray) => isRefused(hostOf(authority));
  return {
    kind: 'spans',
    label: 'IMAGE',
    needs: BRACKET,
    reach: 2700,
    find(text) {
      const found = text.includes('![') ? spansOf(text, IMAGE, accept) : [];
      if (text.includes('<')) found.push(...spansOf(text, HTML, accept));
      return inOrder(found);
    },
  };
}
