import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { loadCatalog } from '../../src/catalog/index.ts';
import { compileTree } from '../../src/gateway/compile-tree.ts';
import { compilePolicies, type LoadedTree, loadPolicies } from '../../src/policy/index.ts';
import { inlineSources } from '../support/compile-inline.ts';

const catalog = loadCatalog();

describe('a tree compiled in slices', () => {
  const trees: Readonly<Record<string, () => LoadedTree | Promise<LoadedTree>>> = {
    'the shipped policies': () => loadPolicies(join(import.meta.dirname, '../../policies')),
    'comments only': () => treeOf({ 'a.yaml': '# nothing\n', 'b.yaml': '# nothing either\n' }),
    'a broken file beside comments': () => treeOf({ 'a.yaml': '# nothing\n', 'b.yaml': 'kind: [' }),
    'two broken files, out of order': () => treeOf({ 'b.yaml': 'kind: [', 'a.yaml': 'kind: Nothing' }),
    'one name twice': () =>
      treeOf({
        'a.yaml': 'kind: Chain\nmetadata: { name: c }\nspec: { targets: [{ id: a, model: sandbox/echo }] }\n',
        'b.yaml': 'kind: Chain\nmetadata: { name: c }\nspec: { targets: [{ id: a, model: sandbox/echo }] }\n',
      }),
  };

  for (const [name, make] of Object.entries(trees)) {
    it(`comes to the same as in one go: ${name}`, async () => {
      const tree = await make();
      const whole = compilePolicies(tree.sources, 'development', catalog, tree.diagnostics);
      const sliced = await compileTree(tree, 'development', catalog, () => 0);
      assert.equal(sliced.snapshot?.digest, whole.snapshot?.digest);
      assert.deepEqual(sliced.diagnostics, whole.diagnostics);
    });
  }
});

function treeOf(files: Readonly<Record<string, string>>): LoadedTree {
  return { sources: inlineSources(files), ignored: [], diagnostics: [] };
}
