import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  loadCatalogSources,
  type ModelDocument,
  type PriceRow,
  type ProviderDocument,
  parseCatalogSource,
} from '#catalog';

/** Writes docs/providers.md from the catalogue's YAML; with `--check` compares instead and exits 1 when they differ. */
const target = join(import.meta.dirname, '../docs/providers.md');
const documents = loadCatalogSources()
  .flatMap(parseCatalogSource)
  .map((entry) => entry.document);
const providers = documents.filter((document) => document.kind === 'Provider');
const models = documents.filter((document) => document.kind === 'Model');
const text = `${[introduction(), providerTable(), ...providers.map(providerSection)].join('\n\n')}\n`;

if (!process.argv.includes('--check')) writeFileSync(target, text);
else if (!existsSync(target) || readFileSync(target, 'utf8') !== text) {
  process.stderr.write('docs/providers.md is stale: run "node scripts/generate-provider-docs.ts"\n');
  process.exitCode = 1;
}

function introduction(): string {
  return `# Providers and models built in

Generated from \`src/catalog/providers/*.yaml\` by \`npm run generate\`: ${providers.length} providers, ${models.length} models.

A provider is used as soon as the environment variable with its key is set; a target whose key is missing is skipped and the
explanation says so. Ask for a model by its catalogue name (\`openai/gpt-4o\`) or by one of its aliases (\`gpt-4o\`).

A document in \`policies/\` with the same kind and name changes a built-in entry field by field; one with a new name adds an entry:

\`\`\`yaml
apiVersion: signalbox/v1
kind: Provider
metadata: { name: azure-openai }
spec:
  baseUrl: https://RESOURCE.openai.azure.com/openai/v1
  region: eu
\`\`\`

Prices are USD per million tokens (\`image\` per piece, \`request\` per call), each with the day from which it holds; in the YAML each
row names its source and the day it was read. Where a provider's price depends on what the gateway cannot know beforehand (the hour, how much
was searched), the dearest one stands, so that a budget is never overrun. Dearer prices of long prompts ("above … input") are listed
but not yet charged: the first price holds for every length. Data policies are given where the provider states
them; what a provider does not state is unknown, and a route that asks for a data policy does not reach it.`;
}

function providerTable(): string {
  return table(
    ['provider', 'dialect', 'base URL', 'authentication', 'key from', 'region', 'models'],
    providers.map((provider) => [
      `[${provider.metadata.name}](#${provider.metadata.name})`,
      provider.spec.dialect,
      code(provider.spec.baseUrl),
      authentication(provider),
      provider.spec.auth.secret ? code(provider.spec.auth.secret.env) : '',
      provider.spec.region ?? '',
      String(modelsOf(provider).length),
    ]),
  );
}

function providerSection(provider: ProviderDocument): string {
  const { metadata, spec } = provider;
  const facts = [
    spec.website ? `Documentation: <${spec.website}>` : '',
    spec.dataPolicy ? `Data: ${dataPolicy(spec.dataPolicy)}` : '',
    spec.headers ? `Headers: ${Object.keys(spec.headers).map(code).join(', ')}` : '',
    spec.quirks ? `Quirks: ${code(JSON.stringify(spec.quirks))}` : '',
  ].filter((fact) => fact !== '');
  const parts = [`## ${metadata.name}`, metadata.description ?? '', facts.map((fact) => `- ${fact}`).join('\n')];
  const own = modelsOf(provider);
  if (own.length > 0) parts.push(modelTable(own));
  return parts.filter((part) => part !== '').join('\n\n');
}

function modelTable(own: readonly ModelDocument[]): string {
  return table(
    ['model', 'aliases', 'tier', 'context', 'output', 'capabilities', 'prices'],
    own.map(({ metadata, spec }) => [
      code(metadata.name),
      (spec.aliases ?? []).map(code).join(' '),
      spec.tier,
      count(spec.contextWindow),
      count(spec.maxOutput),
      spec.capabilities.join(' '),
      spec.prices.map(priceText).join('<br>') + (spec.retiresAt ? `<br>retires on ${spec.retiresAt}` : ''),
    ]),
  );
}

function priceText(row: PriceRow): string {
  const { from, source: _source, readAt: _readAt, tiers = [], ...classes } = row;
  const above = tiers.map(
    ({ aboveInputTokens, ...prices }) => `above ${count(aboveInputTokens)} input: ${amounts(prices)}`,
  );
  return [`${from}: ${amounts(classes)}`, ...above].join('<br>');
}

function amounts(prices: Readonly<Record<string, string>>): string {
  return Object.entries(prices)
    .map(([name, amount]) => `${name} ${amount}`)
    .join(', ');
}

function modelsOf(provider: ProviderDocument): readonly ModelDocument[] {
  return models.filter((model) => model.spec.provider === provider.metadata.name);
}

function authentication(provider: ProviderDocument): string {
  const { kind, name } = provider.spec.auth;
  if (kind === 'header') return `header ${code(name ?? '')}`;
  return kind === 'bearer' ? 'bearer token' : 'none';
}

function dataPolicy(policy: NonNullable<ProviderDocument['spec']['dataPolicy']>): string {
  const training = policy.trainsOnData ? 'may be used for training' : 'not used for training';
  const source = policy['x-source'] ? ` (${policy['x-source']})` : '';
  return `${training}, kept for up to ${policy.retention ?? 'an unstated time'}${source}`;
}

/** Cells are padded as the formatter pads them. */
function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((_, column) => Math.max(...[header, ...rows].map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}

function count(value: number | undefined): string {
  return value === undefined ? '' : value.toLocaleString('en-US');
}
