import type { Diagnostic, JsonObject, Place, Span } from '#core';
import type { Snapshot } from '#snapshot';

/** One policy file as read: the path relative to the policies folder with forward slashes, and the raw bytes. */
export interface Source {
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** What a folder held. `ignored` are files that are no policy (`signalbox list` names them); `diagnostics` are files that could not be read. */
export interface LoadedTree {
  readonly sources: readonly Source[];
  readonly ignored: readonly { readonly file: string; readonly reason: string }[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Keys and list positions from the document's root, such as `['spec', 'targets', 0, 'model']`. */
export type Path = readonly (string | number)[];

/** One YAML document that could be parsed, with the way back from any value to its place. */
export interface ParsedDocument {
  readonly file: string;
  /** Position among the documents of its file, from 0. */
  readonly index: number;
  /** Empty when the document names none. */
  readonly kind: string;
  readonly name: string;
  readonly value: JsonObject;
  /** Span of the value at the path, else of its nearest existing ancestor. */
  readonly valueSpan: (path: Path) => Span;
  /** Span of the key at the path, else as `valueSpan`. */
  readonly keySpan: (path: Path) => Span;
}

/** Everything of a tree that does not depend on an environment; `documents` are schema-valid. */
export interface ParsedPolicies {
  readonly documents: readonly ParsedDocument[];
  /** Documents that are named but not valid: a reference to one is no dangling reference. */
  readonly rejected?: readonly { readonly kind: string; readonly name: string }[];
  readonly diagnostics: readonly Diagnostic[];
  /** file → its text, for code frames; secrets found in plain sight are blacked out with every offset kept. */
  readonly texts: ReadonlyMap<string, string>;
}

/** A document as one environment sees it: operations applied, built-in fields filled in, every field's place kept. */
export interface EffectiveDocument {
  readonly kind: string;
  readonly name: string;
  readonly value: JsonObject;
  /** Where the document comes from; a built-in one points into the catalogue. */
  readonly place: Place;
  readonly from: 'file' | 'catalogue';
  /** Where the value at the path was written: the document, an environment operation, or the catalogue. */
  readonly origin: (path: Path) => Place & { readonly by: 'document' | 'overlay' | 'catalogue' | 'default' };
  /** Span of the value at the path in whichever file it was written, else of its nearest existing ancestor. */
  readonly valueSpan: (path: Path) => Span;
  /** Span of the key at the path, else as `valueSpan`. */
  readonly keySpan: (path: Path) => Span;
  /** Environment operations that changed it. */
  readonly overlays: readonly Place[];
  /** Environment operations that left it as it was. */
  readonly idleOperations?: readonly { readonly path: string; readonly span: Span }[];
}

/** The verdict on one tree in one environment. `snapshot` is null when any diagnostic is an error of load, schema, overlay, link or compile. */
export interface Compiled {
  readonly environment: string;
  readonly snapshot: Snapshot | null;
  readonly diagnostics: readonly Diagnostic[];
  readonly documents: readonly EffectiveDocument[];
}
