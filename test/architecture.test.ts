import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { checkArchitecture, readSourceTree } from './support/architecture/check-architecture.ts';
import type { ArchitectureTable } from './support/architecture/table.ts';

const cel = '@marcbachmann/cel-js';
const everythingBelowGateway = [
  ...['core', 'catalog', 'snapshot', 'policy', 'decision', 'dialects', 'guardrails', 'cache', 'lint'],
  ...['network', 'state', 'upstream', 'decision-log', 'telemetry', 'alerts'],
];

const table: ArchitectureTable = {
  folders: {
    core: { rank: 0, imports: [], packages: ['node:crypto'] },

    catalog: { rank: 1, imports: ['core'], packages: ['yaml'] },
    snapshot: { rank: 1, imports: ['core'], packages: [cel, 're2js'] },

    policy: {
      rank: 2,
      imports: ['core', 'catalog', 'snapshot', 'guardrails'],
      packages: ['yaml', 'ajv', 'ajv-formats', 'node:module', cel, 're2js'],
    },
    decision: { rank: 2, imports: ['core', 'snapshot'], packages: [cel, 're2js'] },
    dialects: { rank: 2, imports: ['core'] },
    guardrails: {
      rank: 2,
      imports: ['core', 'snapshot'],
      packages: ['ajv', 'ajv-formats', 'libphonenumber-js', 'node:crypto', 'node:module', 're2js'],
    },
    cache: { rank: 2, imports: ['core', 'snapshot', 'decision', 'dialects'] },
    lint: { rank: 2, imports: ['core', 'snapshot', 'policy'], packages: ['yaml'] },

    network: { rank: 3, imports: [], packages: ['undici'] },
    state: { rank: 3, imports: ['core'], types: ['decision'] },
    upstream: { rank: 3, imports: ['core', 'dialects', 'decision', 'network'], types: ['catalog', 'snapshot'] },
    'decision-log': { rank: 3, imports: ['core'], types: ['decision', 'snapshot'] },
    telemetry: { rank: 3, imports: ['core'] },
    alerts: { rank: 3, imports: ['core', 'decision', 'network'], types: ['decision-log', 'snapshot'] },

    reports: { rank: 4, imports: ['core', 'decision', 'alerts', 'state'], types: ['decision-log', 'snapshot'] },
    gateway: { rank: 4, imports: [...everythingBelowGateway, 'reports'] },
    gitops: { rank: 4, imports: ['core', 'policy', 'snapshot'] },
    replay: { rank: 4, imports: ['core', 'policy', 'snapshot', 'decision', 'cache', 'decision-log', 'state'] },
    importers: { rank: 4, imports: ['core', 'catalog', 'policy', 'lint'] },

    cli: { rank: 5, imports: [...everythingBelowGateway, 'gateway', 'gitops', 'replay', 'reports', 'importers'] },
  },
  pureUpToRank: 2,
  impureFiles: [
    'src/policy/load.ts',
    'src/policy/validator-library.ts',
    'src/catalog/load.ts',
    'src/guardrails/phone-library.ts',
  ],
  hotFolders: ['gateway', 'upstream'],
  maxLines: 400,
  maxLinesOf: { 'src/gateway/handle.ts': 150 },
};

describe('the architecture', () => {
  it('has a table in which imports never go up in rank', () => {
    for (const [name, rule] of Object.entries(table.folders)) {
      for (const target of [...rule.imports, ...(rule.types ?? [])]) {
        const targetRank = table.folders[target]?.rank ?? Number.POSITIVE_INFINITY;
        assert.ok(targetRank <= rule.rank, `${name} (rank ${rule.rank}) lists ${target} (rank ${targetRank})`);
      }
    }
  });

  it('holds in every source file', () => {
    const tree = readSourceTree(join(import.meta.dirname, '..'));
    assert.ok(tree.size > 0, 'no source file was found below src/');
    const violations = checkArchitecture(tree, table);
    const lines = violations.map(({ rule, path, line, message }) => `${path}:${line} [${rule}] ${message}`);
    assert.ok(lines.length === 0, `${lines.length} broken rules:\n${lines.join('\n')}`);
  });
});
