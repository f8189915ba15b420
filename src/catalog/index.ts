export type { CatalogEntry, ModelDocument, PriceRow, ProviderDocument } from './documents.ts';
/** The models of a published list, beside those of the YAML files. */
export { expandListed, type ListedFile, type ListedModel } from './listed.ts';
export { type Catalog, type GeneratedCatalog, loadCatalog, loadCatalogSources, loadListedTexts } from './load.ts';
export { type CatalogSource, parseCatalogSource } from './parse.ts';
