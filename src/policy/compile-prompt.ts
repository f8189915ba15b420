import type { PromptSource, PromptText, PromptVariable, RoutePrompt, RouteSpec } from '#snapshot';
import { toRatio } from './compile-quantities.ts';
import { splitPromptText } from './prompt-text.ts';

type PromptSpec = NonNullable<RouteSpec['prompt']>;
type VariableSpec = NonNullable<PromptSpec['variables']>[string];

export const DEFAULT_MAX_LENGTH = 64;
/** `\uXXXX` is the longest form of a code unit of a value. */
const BYTES_PER_UNIT = 6;

/** What a route adds to the instructions, its texts cut at their variables. Every variable has been found by `checkPrompts`. Pure. */
export function compilePrompt(spec: PromptSpec | undefined): RoutePrompt {
  const variables = new Map(
    Object.entries(spec?.variables ?? {}).map(([name, variable]) => [name, compileVariable(name, variable)]),
  );
  const prepend = compileText(spec?.prepend ?? null, variables);
  const append = compileText(spec?.append ?? null, variables);
  const trim = spec?.trim ?? null;
  return {
    prepend,
    append,
    bytesAtMost: bytesAtMost(prepend) + bytesAtMost(append),
    trim:
      trim === null
        ? null
        : { tokens: trim.tokens ?? null, windowShare: trim.window === undefined ? null : toRatio(trim.window) },
  };
}

function compileText(text: string | null, variables: ReadonlyMap<string, PromptVariable>): PromptText | null {
  if (text === null) return null;
  return splitPromptText(text).map((piece) =>
    typeof piece === 'string' ? piece : (variables.get(piece.name ?? '') ?? ''),
  );
}

function compileVariable(name: string, spec: VariableSpec): PromptVariable {
  return {
    name,
    source: sourceOf(spec),
    fallback: spec.default ?? '',
    values: spec.values ?? null,
    maxLength: spec.maxLength ?? DEFAULT_MAX_LENGTH,
  };
}

function sourceOf({ label, metadata, header, date }: VariableSpec): PromptSource {
  if (label !== undefined) return { kind: 'label', key: label };
  if (metadata !== undefined) return { kind: 'metadata', key: metadata };
  if (header !== undefined) return { kind: 'header', key: header.toLowerCase() };
  return date === undefined ? { kind: 'consumer' } : { kind: 'date', form: date };
}

function bytesAtMost(text: PromptText | null): number {
  let bytes = 0;
  for (const piece of text ?? []) {
    bytes += typeof piece === 'string' ? Buffer.byteLength(piece) : unitsAtMost(piece) * BYTES_PER_UNIT;
  }
  return bytes;
}

function unitsAtMost({ values, fallback, maxLength }: PromptVariable): number {
  const most = values === null ? maxLength : Math.max(...values.map((value) => value.length));
  return Math.max(most, fallback.length);
}
