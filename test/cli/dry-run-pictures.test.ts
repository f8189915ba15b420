import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { picturePages } from '../support/picture-pages.ts';
import { requireProgram } from '../support/skip.ts';
import { sampleDryRuns } from './sample-dry-runs.ts';

/** Not in the repository: to be looked at after a run. */
const PICTURES = join(import.meta.dirname, '../../pictures/dry-run');

describe('the page of a dry-run in a browser', () => {
  let made: ReturnType<typeof sampleDryRuns> | undefined;
  for (const [device, widthPx, isDark] of [
    ['phone', 390, false],
    ['desk', 1280, false],
    ['dark', 390, true],
  ] as const)
    it(`reads well at ${widthPx} px (${device}), and is kept as pictures`, async (t) => {
      const chromium = requireProgram(t, 'chromium');
      if (chromium === undefined) return;
      made ??= sampleDryRuns();
      const look = { widthPx, heightPx: 1500, directory: PICTURES, name: device, isDark };
      for (const { name, faults, heightPx } of picturePages(chromium, await made, look)) {
        assert.deepEqual(faults, [], name);
        assert.ok(heightPx > 500, `${name} is ${heightPx} px high: nothing is drawn`);
      }
    });
});
