import { createUsageLedger } from '../../src/state/index.ts';
import { entryOf } from './usage-entries.ts';

// Adds entries until it is killed, telling each one that is written.
const [dataDir = '', name = ''] = process.argv.slice(2);
const ledger = createUsageLedger({ dataDir, timezone: () => 'UTC', onEvent: () => {} });
for (let count = 0; ; count++) {
  for (let i = 0; i < 10; i++) ledger.add(entryOf(`${name}-${count}-${i}`));
  await ledger.flush();
  process.stdout.write(`${name}-${count}-9\n`);
}
