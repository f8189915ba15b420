import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkArchitecture } from '../support/architecture/check-architecture.ts';
import type { ArchitectureTable } from '../support/architecture/table.ts';

const table: ArchitectureTable = {
  folders: {
    core: { rank: 0, imports: [], packages: ['node:crypto'] },
    policy: { rank: 2, imports: ['core'], packages: ['yaml'] },
    state: { rank: 3, imports: ['core'], types: ['policy'] },
    gateway: { rank: 4, imports: ['core', 'state'] },
  },
  pureUpToRank: 2,
  impureFiles: ['src/policy/load.ts'],
  hotFolders: ['gateway'],
  maxLines: 10,
  maxLinesOf: { 'src/gateway/handle.ts': 3 },
};

const door = '/** One. */\nexport const one = 1;\n';

type Case = {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  /** Each broken rule as `path:line [rule]`. */
  readonly broken: readonly string[];
};

const cases: readonly Case[] = [
  {
    name: 'a tree that keeps every rule is clean',
    files: {
      'src/core/index.ts': "export { type Id, makeId } from './ids.ts';\n",
      'src/core/ids.ts':
        "import { hash } from 'node:crypto';\n/** An id. */\nexport type Id = string;\n/** Makes one. */\nexport function makeId(at: Date): Id { return hash('sha256', new Date(at).toISOString()); }\n",
      'src/policy/index.ts': "/** Reads. */\nexport { load } from './load.ts';\n",
      'src/policy/load.ts':
        "import { readFile } from 'node:fs/promises';\nexport async function load() { return readFile('x'); }\n",
      'src/state/index.ts': `import type { load } from '#policy';\nimport { makeId } from '#core';\n${door}type L = typeof load;\n`,
    },
    broken: [],
  },
  {
    name: 'an import up in rank is refused',
    files: { 'src/core/a.ts': "import { one } from '#state';\n", 'src/state/index.ts': door },
    broken: ['src/core/a.ts:1 [imports]'],
  },
  {
    name: 'an import down in rank that the table does not write is refused',
    files: { 'src/gateway/a.ts': "import { one } from '#policy';\n", 'src/policy/index.ts': door },
    broken: ['src/gateway/a.ts:1 [imports]'],
  },
  {
    name: 'a types-only import may not bring values',
    files: {
      'src/state/a.ts':
        "import type { T } from '#policy';\nimport { type T as U } from '#policy';\nimport { one } from '#policy';\n",
      'src/policy/index.ts': door,
    },
    broken: ['src/state/a.ts:3 [imports]'],
  },
  {
    name: 'a re-export, a dynamic import and an import type are imports too',
    files: {
      'src/gateway/a.ts':
        "export { one } from '#policy';\nconst p = import('#policy');\ntype T = import('#policy').T;\n",
      'src/policy/index.ts': door,
    },
    broken: ['src/gateway/a.ts:1 [imports]', 'src/gateway/a.ts:2 [imports]', 'src/gateway/a.ts:3 [imports]'],
  },
  {
    name: 'a relative path may not leave its folder, nor the sources',
    files: { 'src/state/a.ts': "import { one } from '../core/one.ts';\nimport x from '../../package.json';\n" },
    broken: ['src/state/a.ts:1 [imports]', 'src/state/a.ts:2 [imports]'],
  },
  {
    name: 'a schema is data that any folder may read, and nothing else of its folder is',
    files: {
      'src/core/a.ts':
        "import a from '../../schemas/route.schema.json' with { type: 'json' };\nimport b from '../../schemas/read.ts';\n",
    },
    broken: ['src/core/a.ts:2 [imports]'],
  },
  {
    name: 'a folder is entered by its index only, by others and never by itself',
    files: {
      'src/state/a.ts': "import { one } from '#core/one';\nimport { x } from '#state';\n",
      'src/core/one.ts': door,
    },
    broken: ['src/state/a.ts:1 [imports]', 'src/state/a.ts:2 [imports]'],
  },
  {
    name: 'a folder without an index has no door',
    files: { 'src/state/a.ts': "import { one } from '#core';\n", 'src/core/one.ts': door },
    broken: ['src/state/a.ts:1 [imports]'],
  },
  {
    name: 'a cycle inside a folder is named',
    files: { 'src/core/a.ts': "import { b } from './b.ts';\n", 'src/core/b.ts': "import { a } from './a.ts';\n" },
    broken: ['src/core/b.ts:1 [cycle]'],
  },
  {
    name: 'a cycle of types is a cycle',
    files: {
      'src/core/a.ts': "import type { B } from './b.ts';\nexport type A = B;\n",
      'src/core/b.ts': "import type { A } from './a.ts';\nexport type B = A;\n",
    },
    broken: ['src/core/b.ts:1 [cycle]'],
  },
  {
    name: 'a pure folder knows no clock, chance, timer, process or promise',
    files: {
      'src/core/a.ts':
        'const a = Date.now();\nconst b = new Date();\nconst c = Math.random();\nsetTimeout(f, 1);\nconst d = process.env;\ntype E = Promise<1>;\nconst g = async () => 1;\nconst h = globalThis;\n',
    },
    broken: [1, 2, 3, 4, 5, 6, 7, 8].map((line) => `src/core/a.ts:${line} [purity]`),
  },
  {
    name: 'names that only look like a global are free',
    files: {
      'src/core/a.ts':
        'type P = { process: string; fetch(): void };\nfunction f(performance: P) { return performance.process; }\nconst o = { console: 1 };\nconst t = new Date(0), m = Math.max(1, 2), u = Date.UTC(2026);\n',
    },
    broken: [],
  },
  {
    name: 'a pure folder imports only the packages on its list',
    files: {
      'src/policy/a.ts':
        "import { parse } from 'yaml';\nimport x from 'yaml/sub';\nimport y from 'yamlish';\nimport { readFileSync } from 'node:fs';\n",
    },
    broken: ['src/policy/a.ts:3 [purity]', 'src/policy/a.ts:4 [purity]'],
  },
  {
    name: 'the request path has no global fetch, no AsyncLocalStorage, no web streams',
    files: {
      'src/gateway/a.ts':
        "import { AsyncLocalStorage as Als } from 'node:async_hooks';\nconst a = fetch('x');\nconst b = new ReadableStream();\nconst c = { fetch: 1 };\n",
      'src/state/a.ts': "const a = fetch('x');\n",
    },
    broken: ['src/gateway/a.ts:1 [hot-path]', 'src/gateway/a.ts:2 [hot-path]', 'src/gateway/a.ts:3 [hot-path]'],
  },
  {
    name: 'an index names and documents each export',
    files: {
      'src/core/index.ts':
        "export * from './a.ts';\nexport { one, two, three } from './a.ts';\nexport const four = 4;\n",
      'src/core/a.ts': `${door}export const two = 2;\n// Not a doc comment.\nexport const three = 3;\n`,
    },
    broken: [
      'src/core/index.ts:1 [export-all]',
      'src/core/index.ts:2 [docstring]',
      'src/core/index.ts:2 [docstring]',
      'src/core/index.ts:3 [docstring]',
    ],
  },
  {
    name: 'a docstring is found through imports and re-exports, under another name too',
    files: {
      'src/core/index.ts': "import { uno } from './b.ts';\nexport { uno };\nexport { ein as un } from './b.ts';\n",
      'src/core/b.ts': "export { one as uno, one as ein } from './a.ts';\n",
      'src/core/a.ts': door,
    },
    broken: [],
  },
  {
    name: 'default exports, enums and module state are refused',
    files: { 'src/core/a.ts': 'export default 1;\nexport enum E { A }\nlet counter = 0;\nexport var b = 1;\n' },
    broken: [
      'src/core/a.ts:1 [default-export]',
      'src/core/a.ts:2 [enum]',
      'src/core/a.ts:3 [module-state]',
      'src/core/a.ts:4 [module-state]',
    ],
  },
  {
    name: 'long files are refused, generated ones and data are not, single files may have tighter limits',
    files: {
      'src/core/a.ts': '\n//'.repeat(11),
      'src/core/b.gen.ts': '\n//'.repeat(11),
      'src/core/data/c.ts': '\n//'.repeat(11),
      'src/gateway/handle.ts': '\n//'.repeat(3),
    },
    broken: ['src/core/a.ts:1 [size]', 'src/gateway/handle.ts:1 [size]'],
  },
  {
    name: 'files outside the folders of the table are refused',
    files: { 'src/loose.ts': '', 'src/utils/a.ts': '' },
    broken: ['src/loose.ts:1 [folder]', 'src/utils/a.ts:1 [folder]'],
  },
  {
    name: 'a file that does not parse is reported, not passed',
    files: { 'src/core/a.ts': 'const = ;' },
    broken: ['src/core/a.ts:1 [syntax]'],
  },
];

describe('the architecture rules', () => {
  for (const { name, files, broken } of cases) {
    it(name, () => {
      const violations = checkArchitecture(new Map(Object.entries(files)), table);
      assert.deepEqual(
        violations.map(({ path, line, rule }) => `${path}:${line} [${rule}]`),
        broken,
        violations.map((violation) => violation.message).join('\n'),
      );
    });
  }
});
