import assert from 'node:assert/strict';
import { it } from 'node:test';
import { fuzzInput } from '../support/fuzz-request.ts';
import { runFuzz } from '../support/run-fuzz.ts';
import { startFuzzedGateway } from '../support/start-fuzzed-gateway.ts';

/** Seeds that found something once. */
const KEPT: readonly number[] = [
  // A stream of lines to HTTP/1.0, which takes no trailers.
  1071,
  // The same to a request line that says HTTP/2.0.
  5357,
];

it('three thousand broken requests: no failure of the gateway’s own, no hang, no crash', async (t) => {
  const gateway = await startFuzzedGateway(t);
  const seed = Number(process.env.FUZZ_SEED ?? 1);
  const run = await runFuzz(gateway.port, seed, 3000);
  for (const kept of KEPT) {
    const again = await runFuzz(gateway.port, kept, 1);
    assert.deepEqual(again.failures, []);
  }
  t.diagnostic(`seeds ${seed} to ${seed + 2999}: ${JSON.stringify(run.statuses)}`);
  assert.deepEqual(run.failures, []);
  assert.deepEqual(gateway.errors, []);
  // That the inputs are no noise: many are refused, and many are served.
  assert.ok((run.statuses[200] ?? 0) > 50 && (run.statuses[400] ?? 0) > 300, JSON.stringify(run.statuses));
  assert.equal((await fetch(`${gateway.url}/healthz`)).status, 200);
});

it('an input is the same each time', () => {
  for (let seed = 0; seed < 50; seed++) {
    assert.deepEqual(Buffer.concat(fuzzInput(seed).pieces), Buffer.concat(fuzzInput(seed).pieces));
  }
});
