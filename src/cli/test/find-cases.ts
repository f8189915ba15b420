import { asObject, type Span } from '#core';
import type { ParsedDocument } from '#policy';
import type { TestCase, TestSpec } from '#snapshot';

/** One case of a test document. */
export interface FoundCase {
  readonly document: string;
  readonly file: string;
  readonly line: number;
  /** Its name, for code frames. */
  readonly span: Span;
  /** Null where neither the document nor the command line names one. */
  readonly environment: string | null;
  readonly case: TestCase;
  /** Span of a value of the case. */
  readonly spanOf: (path: readonly (string | number)[]) => Span;
}

/** Every case of the documents, in the order of files and lines. The document's own environment comes before the one given. Pure. */
export function findCases(documents: readonly ParsedDocument[], environment: string | null): readonly FoundCase[] {
  return documents
    .filter(({ kind }) => kind === 'Test')
    .flatMap((document) => {
      // Validated against its schema when it was parsed.
      const spec = asObject(document.value.spec) as TestSpec;
      return (spec.cases ?? []).map((each, at) => {
        const spanOf = (path: readonly (string | number)[]) => document.valueSpan(['spec', 'cases', at, ...path]);
        return {
          document: document.name,
          file: document.file,
          line: spanOf(['name']).line,
          span: spanOf(['name']),
          environment: spec.environment ?? environment,
          case: each,
          spanOf,
        };
      });
    });
}
