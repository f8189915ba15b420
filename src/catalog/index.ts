export type { CatalogEntry, ModelDocument, PriceRow, ProviderDocument } from './documents.ts';
export { type Catalog, type GeneratedCatalog, loadCatalog, loadCatalogSources } from './load.ts';
export { type CatalogSource, parseCatalogSource } from './parse.ts';
