import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ListedFile, loadCatalogSources, loadListedTexts, parseCatalogSource } from '#catalog';
import { digestOf } from '#core';

/** Writes src/catalog/catalog.gen.json from src/catalog/providers/*.yaml, with the counts of src/catalog/listed; with `--check` compares instead and exits 1 when they differ. */
const target = join(import.meta.dirname, '../src/catalog/catalog.gen.json');
const entries = loadCatalogSources().flatMap(parseCatalogSource);
const files = loadListedTexts().map(({ provider, text }) => [provider, JSON.parse(text) as ListedFile] as const);
const digest = digestOf([entries.map((entry) => entry.document), files]);
const listed = Object.fromEntries(files.map(([provider, { models }]) => [provider, models.length]));
// One document a line, so that a change of one price is one line of a diff.
const lines = entries.map((entry) => JSON.stringify(entry)).join(',\n');
const text = `{"digest":"${digest}","listed":${JSON.stringify(listed)},"entries":[\n${lines}\n]}\n`;

if (!process.argv.includes('--check')) writeFileSync(target, text);
else if (!existsSync(target) || readFileSync(target, 'utf8') !== text) {
  process.stderr.write('src/catalog/catalog.gen.json is stale: run "node scripts/generate-catalog.ts"\n');
  process.exitCode = 1;
}
