import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { picturePages } from '../support/picture-pages.ts';
import { requireProgram } from '../support/skip.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { drawReport } from './draw-report.ts';
import { picturesByPage } from './pdf-pages.ts';
import { sampleReports } from './sample-reports.ts';

/** Not in the repository: to be looked at after a run. */
const PICTURES = join(import.meta.dirname, '../../pictures/report');

describe('the weekly report in a browser', () => {
  it('fits a phone, a desk and a dark screen, and prints on sheets without cutting a chart', async (t) => {
    const chromium = requireProgram(t, 'chromium');
    if (chromium === undefined) return;
    const { sizes, pdf } = await drawReport(chromium, makeTempDirectory(t), PICTURES);
    for (const [device, widthPx] of [['phone', 390] as const, ['desk', 1280] as const, ['dark', 390] as const]) {
      assert.ok(sizes[device].widthPx <= widthPx, `${device}: ${sizes[device].widthPx} px wide`);
      assert.ok(sizes[device].heightPx > 1500, `${device}: ${sizes[device].heightPx} px high`);
    }
    const pictures = picturesByPage(pdf);
    assert.ok(pictures.length >= 3 && pictures.length <= 4, `${pictures.length} sheets`);
    assert.ok((pictures[0] ?? 0) > 0, 'the first sheet holds more than the title: the cost by day');
    assert.equal(
      pictures.reduce((sum, count) => sum + count, 0),
      2,
      'each of the two charts is drawn once',
    );
  });
});

describe('reports of nothing and of too much in a browser', () => {
  let made: ReturnType<typeof sampleReports> | undefined;
  const samples = () => {
    made ??= Promise.all([sampleReports('en'), sampleReports('ja')]).then((both) => both.flat());
    return made;
  };
  for (const [device, widthPx, isDark] of [
    ['phone', 390, false],
    ['desk', 1280, false],
    ['dark', 390, true],
  ] as const)
    it(`read well at ${widthPx} px (${device}), in English and Japanese, and are kept as pictures`, async (t) => {
      const chromium = requireProgram(t, 'chromium');
      if (chromium === undefined) return;
      const reports = await samples();
      const look = { widthPx, heightPx: 1300, directory: join(PICTURES, 'samples'), name: device, isDark };
      for (const { name, faults, heightPx } of picturePages(chromium, reports, look)) {
        assert.deepEqual(faults, [], name);
        assert.ok(heightPx > 250, `${name} is ${heightPx} px high: nothing is drawn`);
      }
    });
});
