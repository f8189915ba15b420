import { writeSync } from 'node:fs';
import { advanceBreaker, breakerView, CLOSED_BREAKER } from '#decision';
import { createSqliteStore, type Durability } from '#state';
import { heldCounter as counter } from './held-counter.ts';

/** Takes and settles holds one after the other, and says `held` and `settled` for each once the store has it: `node write-holds.ts DIR process|power COUNT`. */
const [, , dataDir = '', durability = 'process', count = '0'] = process.argv;
const breaker = { closed: CLOSED_BREAKER, advance: advanceBreaker, view: breakerView };
const store = createSqliteStore({
  ...{ dataDir, durability: durability as Durability, clock: { nowMs: Date.now }, breaker },
  // So that the power also goes while the tables are brought up to date.
  foldAfter: 7,
});
for (let at = 0; at < Number(count); at++) {
  const id = `req_${at}`;
  const reservation = { counter, amount: 5, enforce: true, targets: null, leaseMs: 60_000 };
  await store.reserve({ id, owner: 'test', reservations: [{ ...reservation, onLeaseExpiry: 'settle' as const }] });
  writeSync(1, 'held\n');
  await store.commit({ id, charges: [{ counter, held: 5, amount: 3 }] });
  writeSync(1, 'settled\n');
}
await store.close();
