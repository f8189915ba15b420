/**
 * Writes src/catalog/listed/*.gen.json from the pinned list of models (a dev dependency) and says what changed: models added and removed, prices old → new.
 * What a YAML file of the catalogue states stays the authority: its models are left out here. With `--check` compares instead and exits 1.
 * After a newer version of the list: run this, read the differences, then `npm run generate`.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ListedFile, type ListedModel, loadCatalogSources, parseCatalogSource } from '#catalog';
import { asObject, asString, compareText, type JsonObject } from '#core';
import { LISTED_PROVIDERS } from './catalogue/listed-providers.ts';
import { readListedModel } from './catalogue/read-listed-model.ts';

const root = join(import.meta.dirname, '..');
const folder = join(root, 'src/catalog/listed');
const packageFolder = join(root, 'node_modules/@oh-my-pi/pi-catalog');
const isCheck = process.argv.includes('--check');

const manifest = readJson(join(packageFolder, 'package.json'));
const version = asString(manifest.version) ?? '';
const list = readJson(join(packageFolder, 'src/models.json'));
const readAt = editionOf(readFileSync(join(packageFolder, 'CHANGELOG.md'), 'utf8'));
const known = namesOfYaml();
const wanted = new Map<string, string>();

for (const [provider, { listed, apis, except = [] }] of Object.entries(LISTED_PROVIDERS)) {
  const models = Object.values(asObject(list[listed]))
    .map(asObject)
    .filter((entry) => apis.includes(asString(entry.api) ?? ''))
    .flatMap((entry) => readListedModel(entry) ?? [])
    .filter(({ name }) => !known.has(`${provider}/${name}`) && !except.includes(name))
    .sort((a, b) => compareText(a.name, b.name));
  if (models.length > 0) wanted.set(`${provider}.gen.json`, textOf(models));
}

mkdirSync(folder, { recursive: true });
const present = readdirSync(folder).filter((file) => file.endsWith('.gen.json'));
let changes = 0;
for (const file of [...new Set([...present, ...wanted.keys()])].sort(compareText)) {
  const target = join(folder, file);
  const old = existsSync(target) ? readFileSync(target, 'utf8') : null;
  const next = wanted.get(file) ?? null;
  if (old === next) continue;
  changes += 1;
  process.stdout.write(differences(file.slice(0, -'.gen.json'.length), old, next));
  if (isCheck) continue;
  if (next === null) rmSync(target);
  else writeFileSync(target, next);
}
if (isCheck && changes > 0) {
  process.stderr.write(
    'src/catalog/listed is stale: run "node scripts/refresh-catalogue.ts", then "npm run generate"\n',
  );
  process.exitCode = 1;
}

/** One model a line, so that a changed price is one line of a diff and every model has a place. */
function textOf(models: readonly ListedModel[]): string {
  const head = `{"source":${JSON.stringify(`@oh-my-pi/pi-catalog ${version} (${readAt})`)},"readAt":"${readAt}","models":[`;
  return `${head}\n${models.map((model) => JSON.stringify(model)).join(',\n')}\n]}\n`;
}

function differences(provider: string, old: string | null, next: string | null): string {
  const before = byName(old);
  const after = byName(next);
  const lines: string[] = [];
  for (const [name, model] of after) {
    const was = before.get(name);
    if (was === undefined) lines.push(`+ ${provider}/${name} ${priceText(model)}`);
    else if (priceText(was) !== priceText(model)) {
      lines.push(`$ ${provider}/${name} ${priceText(was)} → ${priceText(model)}`);
    } else if (JSON.stringify(was) !== JSON.stringify(model)) lines.push(`~ ${provider}/${name}`);
  }
  for (const name of before.keys()) if (!after.has(name)) lines.push(`- ${provider}/${name}`);
  return `${provider}: ${before.size} → ${after.size} models\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

function byName(text: string | null): ReadonlyMap<string, ListedModel> {
  const models = text === null ? [] : (JSON.parse(text) as ListedFile).models;
  return new Map(models.map((model) => [model.name, model]));
}

function priceText({ input, cacheRead, cacheWrite, output, tiers }: ListedModel): string {
  return JSON.stringify({ input, cacheRead, cacheWrite, output, tiers });
}

/** Every name that leads to a model of the YAML files, as `provider/name`. */
function namesOfYaml(): ReadonlySet<string> {
  const names = loadCatalogSources()
    .flatMap(parseCatalogSource)
    .flatMap(({ document }) => {
      if (document.kind !== 'Model') return [];
      const { provider, upstreamName, aliases = [] } = document.spec;
      return [document.metadata.name, ...[upstreamName, ...aliases].map((name) => `${provider}/${name}`)];
    });
  return new Set(names);
}

/** The day of the newest release in the list's own log of changes. */
function editionOf(changelog: string): string {
  const day = /^## \[(?<version>[^\]]+)\] - (?<day>\d{4}-\d\d-\d\d)$/m.exec(changelog)?.groups;
  if (day?.version !== version || day.day === undefined) throw new Error(`the list's log has no day for ${version}`);
  return day.day;
}

function readJson(path: string): JsonObject {
  return asObject(JSON.parse(readFileSync(path, 'utf8')));
}
