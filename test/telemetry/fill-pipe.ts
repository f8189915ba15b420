import { openLineWriter } from '../../src/telemetry/line-writer.ts';

/** Offers far more to a pipe that nobody reads than may wait, and says how much was taken. */
const writer = openLineWriter(2, 100_000);
const line = `${'x'.repeat(99)}\n`;
let taken = 0;
let refused = 0;
for (let turn = 0; turn < 200; turn++) {
  for (let n = 0; n < 200; n++) {
    if (writer.write(line)) taken += 1;
    else refused += 1;
  }
  await new Promise((resolve) => setImmediate(resolve));
}
process.stdout.write(JSON.stringify({ taken, refused }));
