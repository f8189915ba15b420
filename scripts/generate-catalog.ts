import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadCatalogSources, parseCatalogSource } from '#catalog';
import { digestOf } from '#core';

/** Writes src/catalog/catalog.gen.json from src/catalog/providers/*.yaml; with `--check` compares instead and exits 1 when they differ. */
const target = join(import.meta.dirname, '../src/catalog/catalog.gen.json');
const entries = loadCatalogSources().flatMap(parseCatalogSource);
const digest = digestOf(entries.map((entry) => entry.document));
// One document a line, so that a change of one price is one line of a diff.
const lines = entries.map((entry) => JSON.stringify(entry)).join(',\n');
const text = `{"digest":"${digest}","entries":[\n${lines}\n]}\n`;

if (!process.argv.includes('--check')) writeFileSync(target, text);
else if (!existsSync(target) || readFileSync(target, 'utf8') !== text) {
  process.stderr.write('src/catalog/catalog.gen.json is stale: run "node scripts/generate-catalog.ts"\n');
  process.exitCode = 1;
}
