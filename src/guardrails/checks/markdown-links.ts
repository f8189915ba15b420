import { BRACKET } from '../char-classes.ts';
import type { Check, CheckOptions, SpanCheck } from '../check.ts';
import { hostOf, refusesHost } from '../hosts.ts';
import { inOrder, spansOf } from '../spans-of.ts';

const INLINE = /(?<!!)\[[^\]\n]{0,256}\]\(\s{0,4}<?(?:https?:)?[/\\]{2}([^\s>)]{1,2048})[^)\n]{0,256}\)?/gi;
const REFERENCE = /^ {0,3}\[[^\]\n]{1,128}\]:[ \t]{1,4}<?(?:https?:)?[/\\]{2}([^\s>]{1,2048})/gim;
const HTML = /<a\s[^<>]{0,256}?href\s{0,2}=\s{0,2}["']?(?:https?:)?[/\\]{2}([^\s"'<>]{1,2048})[^<>]{0,256}>?/gi;

/** Links behind other words. */
export const markdownLinks: Check = {
  name: 'markdown-links',
  summary:
    'Markdown and HTML links to other hosts, references (`[1]: https://…`) too: what stands in the address goes there with a click. `allow` names hosts that may be there, `deny` those that may not; with neither, every link to a host is found.',
  limits: 'An address that stands there openly is no link: `url-list` finds it.',
  compile,
  sample: {
    options: { allow: ['*.example.com'] },
    hit: { kind: 'text', text: 'Read [the rules](https://collect.example.net/?q=data) first.' },
    miss: { kind: 'text', text: 'Read [the rules](https://docs.example.com/rules) first.' },
  },
};

function compile(options: CheckOptions): SpanCheck {
  const isRefused = refusesHost(options);
  const accept = ([, authority = '']: RegExpExecArray) => isRefused(hostOf(authority));
  return {
    kind: 'spans',
    label: 'LINK',
    needs: BRACKET,
    reach: 2700,
    find(text) {
      const found = text.includes('](') ? spansOf(text, INLINE, accept) : [];
      if (text.includes(']:')) found.push(...spansOf(text, REFERENCE, accept));
      if (/<a\s/i.test(text)) found.push(...spansOf(text, HTML, accept));
      return inOrder(found);
    },
  };
}
