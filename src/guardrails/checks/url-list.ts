import { DOT_OR_COLON } from '../char-classes.ts';
import type { Check, CheckOptions, SpanCheck } from '../check.ts';
import { CheckOptionError } from '../check.ts';
import { holdWord } from '../hold.ts';
import { hostOf, refusesHost } from '../hosts.ts';
import { spansOf } from '../spans-of.ts';

const HINT = /[/\\]{2}|www\./i;
const ADDRESS = /(?<![a-z\d+.-])(?:[a-z][a-z\d+.-]{1,15}:[/\\]{2}|www\.)([^\s"'<>`{}|^]{1,2048})/gi;
// What ends a sentence or a bracket around it is not part of an address.
const TAIL = /[.,;:!?)\]]+$/;

/** Which hosts may be named. */
export const urlList: Check = {
  name: 'url-list',
  summary:
    'Addresses (`https://…`, any scheme, and `www.…`) whose host does not fit `allow` or fits `deny`; read as a browser reads them, with logins, ports, percent signs and backslashes. `*.example.com` fits every host below example.com.',
  limits: 'A host without a scheme or `www.` is not found, nor is one behind a shortener.',
  compile,
  sample: {
    options: { allow: ['example.com', '*.example.com'] },
    hit: { kind: 'text', text: 'See https://docs.example.com@collect.example.net/a for it.' },
    miss: { kind: 'text', text: 'See https://docs.example.com/a for it.' },
  },
};

function compile(options: CheckOptions): SpanCheck {
  if (options.allow === undefined && options.deny === undefined)
    throw new CheckOptionError('allow', 'expected `allow`, `deny` or both');
  const isRefused = refusesHost(options);
  return {
    kind: 'spans',
    label: 'URL',
    needs: DOT_OR_COLON,
    reach: 2100,
    hold: holdWord,
    find: (text) =>
      !HINT.test(text)
        ? []
        : spansOf(text, ADDRESS, ({ 0: all, 1: rest = '', index }) => {
            const authority = all.slice(0, 4).toLowerCase() === 'www.' && !all.includes('//') ? all : rest;
            const [host] = authority.split(/[/\\?#]/, 1);
            const end = index + all.length - (TAIL.exec(all)?.[0].length ?? 0);
            return isRefused(hostOf((host ?? '').replace(TAIL, ''))) && { start: index, end };
          }),
  };
}
