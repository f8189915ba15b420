import { writeSync } from 'node:fs';
import { advanceBreaker, breakerView, CLOSED_BREAKER } from '#decision';
import { createStore } from '#state';

/** Takes and settles holds one after the other, and says `held` and `settled` for each once the store has it: `node write-holds.ts DIR process|power COUNT`. */
const [, , dataDir = '', durability = 'process', count = '0'] = process.argv;
const breaker = { closed: CLOSED_BREAKER, advance: advanceBreaker, view: breakerView };
const store = await createStore({ url: null, dataDir, durability, clock: { nowMs: Date.now }, breaker });
const counter = {
  ...{ key: 'budget:day::2026-01-01T00:00:00.000Z', budget: 'day', unit: 'tokens' as const, limit: 1e9, split: [] },
  ...{ windowStartMs: 0, windowEndMs: 8e15 },
};
for (let at = 0; at < Number(count); at++) {
  const id = `req_${at}`;
  const reservation = { counter, amount: 5, enforce: true, targets: null, leaseMs: 60_000 };
  await store.reserve({ id, owner: 'test', reservations: [{ ...reservation, onLeaseExpiry: 'settle' as const }] });
  writeSync(1, 'held\n');
  await store.commit({ id, charges: [{ counter, held: 5, amount: 3 }] });
  writeSync(1, 'settled\n');
}
await store.close();
