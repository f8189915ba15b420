import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, it } from 'node:test';
import { loadCatalog } from '#catalog';
import { CONFIG_KINDS, type ConfigKind, type ImportResult, importConfig } from '#importers';
import { requireSharedData } from '../support/skip.ts';

interface RealConfig {
  readonly system: ConfigKind;
  readonly file: string;
  readonly text: string;
}

const catalog = loadCatalog();
const nowMs = Date.parse('2026-11-25T00:00:00Z');

/** Every file, and every line of the collections of snippets. */
function readConfigs(folder: string): readonly RealConfig[] {
  return (Object.keys(CONFIG_KINDS) as ConfigKind[]).flatMap((system) => {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== 'ORIGIN.md')
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => relative(folder, path).startsWith(`${system}/`))
      .sort();
    return files.flatMap((path) => {
      const text = readFileSync(path, 'utf8');
      if (!path.endsWith('.jsonl')) return [{ system, file: relative(folder, path), text }];
      return text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { source: string; yaml?: string; config?: string })
        .map(({ source, yaml, config }) => ({ system, file: source, text: yaml ?? config ?? '' }));
    });
  });
}

function outcomeOf(result: ImportResult): string {
  if (result.kind === 'imported') return result.verdict;
  return result.kind === 'unreadable' ? 'unreadable' : 'not recognised';
}

describe('real configurations', () => {
  it('import without a crash into policies without errors; the share that came over is printed', (t) => {
    const folder = requireSharedData(t, 'configs');
    if (folder === undefined) return;
    const tables = new Map<ConfigKind, Map<string, number>>();
    const reasons = new Map<string, number>();
    const problems: string[] = [];
    for (const { system, file, text } of readConfigs(folder)) {
      const result = importConfig({ text, file, kind: null, project: 'shop', owner: 'platform', nowMs, catalog });
      const outcome = outcomeOf(result);
      const table = tables.get(system) ?? new Map<string, number>();
      tables.set(system, table.set(outcome, (table.get(outcome) ?? 0) + 1));
      if (result.kind === 'unreadable') problems.push(`${file}:${result.line ?? 1} ${result.message}`);
      if (result.kind !== 'imported') continue;
      const errors = result.findings.filter(({ severity }) => severity === 'error');
      assert.deepEqual(errors, [], file);
      const dropped = result.differences.filter(
        ({ topic, message }) => topic === 'document' && /was left out/.test(message),
      );
      assert.deepEqual(
        dropped.map(({ message }) => message),
        [],
        file,
      );
      for (const topic of new Set(
        result.differences.filter(({ effect }) => effect === 'left-out').map((each) => each.topic),
      )) {
        const key = `${outcome === 'none' ? 'not at all' : 'in part'}: ${system} ${topic}`;
        reasons.set(key, (reasons.get(key) ?? 0) + 1);
      }
    }
    const absent = (Object.keys(CONFIG_KINDS) as ConfigKind[]).filter((system) => !tables.has(system));
    print(tables, absent, reasons, problems);
    assert.deepEqual(absent, ['cloudflare'], 'systems without a real file');
    // The one snippet of the documentation that is no YAML.
    assert.equal(problems.length, 1, problems.join('\n'));
    const litellm = tables.get('litellm');
    const total = [...(litellm?.values() ?? [])].reduce((sum, count) => sum + count, 0);
    assert.ok((litellm?.get('full') ?? 0) + (litellm?.get('partial') ?? 0) > 0.65 * total);
  });
});

function print(
  tables: ReadonlyMap<ConfigKind, ReadonlyMap<string, number>>,
  absent: readonly ConfigKind[],
  reasons: ReadonlyMap<string, number>,
  problems: readonly string[],
): void {
  const columns = ['full', 'partial', 'none', 'not recognised', 'unreadable'];
  const rows = [...tables].map(([system, table]) => [
    system,
    ...columns.map((column) => String(table.get(column) ?? 0)),
  ]);
  const lines = [['system', ...columns], ...rows].map((row) =>
    row.map((cell, at) => cell.padEnd(at === 0 ? 18 : 15)).join(''),
  );
  console.log(lines.join('\n'));
  for (const system of absent) {
    console.log(
      `${system.padEnd(18)}no real file among the data: shown on the made-up ones in test/importers/cases alone`,
    );
  }
  for (const how of ['in part', 'not at all']) {
    const top = [...reasons]
      .filter(([reason]) => reason.startsWith(how))
      .sort((a, b) => b[1] - a[1])
      .slice(0, 15);
    console.log(
      `${how}, for what was left out in how many files: ${top.map(([reason, count]) => `${reason.slice(how.length + 2)} ${count}`).join(', ')}`,
    );
  }
  for (const problem of problems) console.log(`unreadable: ${problem}`);
}
