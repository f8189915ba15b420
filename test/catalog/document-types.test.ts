import assert from 'node:assert/strict';
import { it } from 'node:test';
import { loadCatalog } from '#catalog';
import type { ModelDocument, ProviderDocument } from '../../src/snapshot/documents.gen.ts';

it('the catalogue is usable where policy documents are: its types fit those generated from the schemas', () => {
  const { providers, models } = loadCatalog();
  // Checked by the compiler; the catalogue may not import the snapshot, so it has types of its own.
  const documents: readonly (ProviderDocument | ModelDocument)[] = [...providers, ...models];
  assert.equal(documents.length, providers.length + models.length);
});
