import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { picturePages } from '../support/picture-pages.ts';
import { requireProgram } from '../support/skip.ts';
import { sampleMails } from './sample-mails.ts';

/** Not in the repository: to be looked at after a run. */
const PICTURES = join(import.meta.dirname, '../../pictures/mails');

const TOO_WIDE = {
  name: 'too wide',
  html: '<!doctype html><body style="margin:0"><div style="width:2000px;height:400px">wide</div>',
};

describe('the mails of alerts in a browser', () => {
  const mails = sampleMails();
  for (const [device, widthPx, heightPx] of [
    ['phone', 390, 1300],
    ['desk', 1280, 1000],
    ['dark', 390, 1300],
  ] as const) {
    it(`fit ${widthPx} px (${device}), and are kept as pictures`, (t) => {
      const chromium = requireProgram(t, 'chromium');
      if (chromium === undefined) return;
      const pages = [...mails.map(({ name, mail }) => ({ name, html: mail.html })), TOO_WIDE];
      const drawn = picturePages(chromium, pages, {
        widthPx,
        heightPx,
        directory: PICTURES,
        name: device,
        isDark: device === 'dark',
      });
      assert.equal(drawn.at(-1)?.widthPx, 2000, 'a page that does not fit is seen');
      for (const { name, faults, heightPx: high } of drawn.slice(0, -1)) {
        assert.deepEqual(faults, [], name);
        assert.ok(high > 300, `${name} is ${high} px high: nothing is drawn`);
      }
    });
  }
});
