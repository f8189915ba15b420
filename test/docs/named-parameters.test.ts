import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { wireDialects } from '#dialects';
import { PARAMETERS } from '../../scripts/docs/parameter-probes.ts';

const NAMED = [
  ...['max_tokens', 'max_completion_tokens', 'stop', 'n', 'seed', 'reasoning_effort', 'a thinking budget'],
  ...['response_format', 'parallel_tool_calls', 'tool_choice', 'functions', 'user', 'service_tier', 'logprobs'],
];

const page = readFileSync(join(import.meta.dirname, '../../docs/parameters.md'), 'utf8');

for (const name of NAMED) {
  it(`the table of parameters tells of ${name} in every dialect`, () => {
    const word = new RegExp(`(?:^|[\`\\s])${name}(?:$|[\`\\s,])`);
    const rows = PARAMETERS.filter((probe) => word.test(probe.name));
    assert.notEqual(rows.length, 0, `${name} is not tried`);
    for (const { name: row } of rows) {
      const line = page.split('\n').find((text) => text.startsWith(`| ${row} |`));
      assert.ok(line !== undefined, `docs/parameters.md has no row ${row}`);
      const cells = line.split(' | ').slice(1);
      assert.equal(cells.length, wireDialects().length);
      for (const cell of cells) assert.match(cell, /\S/);
    }
  });
}
