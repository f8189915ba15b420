/** What one folder of `src/` may do. Names in `imports` and `types` are folders, reached as `#name`. */
export type FolderRule = {
  readonly rank: number;
  readonly imports: readonly string[];
  /** Folders of which only `import type` is allowed. */
  readonly types?: readonly string[];
  /** Packages allowed in a pure folder (ranks 0–2); folders of higher rank choose freely. */
  readonly packages?: readonly string[];
};

export type ArchitectureTable = {
  readonly folders: Readonly<Record<string, FolderRule>>;
  /** Folders up to this rank know no file system, network, timer, process, clock, chance or promise. */
  readonly pureUpToRank: number;
  /** Files in pure folders that are the stated exceptions. */
  readonly impureFiles: readonly string[];
  /** Folders on the request path: no global fetch, no AsyncLocalStorage, no web streams. */
  readonly hotFolders: readonly string[];
  readonly maxLines: number;
  /** Tighter limits for single files. */
  readonly maxLinesOf: Readonly<Record<string, number>>;
};

/** One broken rule; `path` is relative to the project root, `line` counts from 1. */
export type Violation = {
  readonly rule: string;
  readonly path: string;
  readonly line: number;
  readonly message: string;
};

/** Source files by path relative to the project root, such as `src/core/index.ts`. */
export type SourceTree = ReadonlyMap<string, string>;
