/** The systems whose configurations can be imported: their names for options, and those people know them by. */
export { CONFIG_KINDS, type ConfigKind } from './config-kinds.ts';
/** One setting that was left out, behaves in another way, or needs work by hand; with file, line and path of the source. */
export type { Difference, Verdict } from './difference.ts';
/** Turns another gateway's configuration into policies and a list of differences. Pure but for the clock handed in. */
export { type ImportInput, type ImportResult, importConfig } from './import-config.ts';
/** What an import came to: the files, every difference, what lint says. */
export type { Imported } from './imported.ts';
/** A file of the new tree. */
export type { TreeFile } from './render-document.ts';
