import assert from 'node:assert/strict';
import { join } from 'node:path';
import { it } from 'node:test';
import { MUTATION_NAMES, mutatePolicy } from '../support/mutate-policy.ts';
import { runPolicyFuzz } from '../support/run-policy-fuzz.ts';

const POLICIES = join(import.meta.dirname, '../../policies');

it('twenty broken trees: each compiles or is told its mistakes with file, line and column; none throws or hangs', async (t) => {
  const seed = Number(process.env.FUZZ_SEED ?? 1);
  const run = await runPolicyFuzz(POLICIES, seed, 20);
  t.diagnostic(`seeds ${seed} to ${seed + 19}: ${run.served} served, ${run.refused} refused`);
  assert.deepEqual(run.failures, []);
  assert.equal(run.served + run.refused, 20);
  // That the inputs do break something.
  assert.ok(run.refused > 10, JSON.stringify(run));
});

it('an input is the same each time, and every way of breaking a file comes up', () => {
  const bytes = Buffer.from('kind: Route\nmetadata: { name: a }\nspec:\n  match: {}\n');
  const seen = new Set<string>();
  for (let seed = 0; seed < 200; seed++) {
    const { bytes: broken, ways } = mutatePolicy(bytes, seed);
    assert.deepEqual(Buffer.from(broken), Buffer.from(mutatePolicy(bytes, seed).bytes));
    for (const way of ways) seen.add(way);
  }
  assert.deepEqual([...seen].sort(), [...MUTATION_NAMES].sort());
});
