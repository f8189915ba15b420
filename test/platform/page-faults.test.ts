import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { picturePages } from '../support/picture-pages.ts';
import { requireProgram } from '../support/skip.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

/** Bodies of pages with the fault that a picture test must see; none for what is well. */
const PLANTED: readonly (readonly [what: string, body: string, fault: RegExp | null])[] = [
  ['a plain page', '<p>All is well.', null],
  ['a page too wide', '<div style="width:900px;height:9px"></div>', /908 px wide, the screen 390/],
  ['text beside the page', '<p style="margin-left:-50px">left of it', /beside the page: left of it/],
  [
    'text cut by its frame',
    '<div style="width:60px;overflow:hidden;white-space:nowrap">longer than that',
    /cut: longer/,
  ],
  [
    'a table that scrolls',
    '<div style="overflow:auto"><p style="width:600px;text-align:right">far right',
    /cut: far right/,
  ],
  [
    'text cut by its drawing',
    '<svg width="90" height="20"><text x="40" y="15">longer than that</text></svg>',
    /cut: longer/,
  ],
  ['letters too pale', '<p style="color:#999;background:#fff">pale', /contrast 2\.8: pale/],
  ['letters paled by their part', '<p style="opacity:.4">dim', /contrast \d\.\d: dim/],
  [
    'a drawing with pale words',
    '<svg width="90" height="20"><text y="15" fill="#bbb">pale</text></svg>',
    /contrast 1\.9: pale/,
  ],
  ['a white word on a dark ground', '<div style="background:#344054"><b style="color:#fff">fine</b></div>', null],
  ['a short word on two lines', '<p style="width:40px;overflow-wrap:anywhere">organisation', /broken: organisation/],
  ['a figure on two lines', '<p style="width:30px;overflow-wrap:anywhere">1,234,567', /broken: 1,234,567/],
  ['a word that breaks after its hyphen', '<p style="width:60px">rate-limit', null],
  ['a name too long for any line', `<p style="overflow-wrap:anywhere">${'long'.repeat(40)}`, null],
  [
    'lines over one another',
    '<p style="margin:0">below<p style="margin:-15px 0 0">above',
    /over one another: below \| above/,
  ],
];

describe('what is measured on a page that is drawn', () => {
  it('sees each fault that is planted, and nothing on a page that is well', (t) => {
    const chromium = requireProgram(t, 'chromium');
    if (chromium === undefined) return;
    const pages = PLANTED.map(([name, body]) => ({ name, html: `<!doctype html><meta charset="utf-8"><body>${body}` }));
    const look = { widthPx: 390, heightPx: 100, directory: makeTempDirectory(t), name: 'planted' };
    const drawn = picturePages(chromium, pages, look);
    for (const [at, [what, , fault]] of PLANTED.entries()) {
      const faults = drawn[at]?.faults ?? [];
      if (fault === null) assert.deepEqual(faults, [], what);
      else assert.match(faults.join('\n'), fault, what);
    }
  });
});
