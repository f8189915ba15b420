import type { TrafficRecord } from '#decision-log';
import type { LineStart, QuickRecord } from './line-start.ts';
import type { NumberTemplate } from './number-templates.ts';
import { problemOf } from './parse-line.ts';
import { shapeOf } from './record-shape.ts';
import { recordTime } from './record-time.ts';
import { addToShelf, createShelf, readFromShelf } from './template-shelf.ts';

/** Lines that are alike from their time to their end, but for numbers that no shape depends on. */
export interface WholeLines {
  readonly recall: (text: string, start: LineStart) => QuickRecord | null;
  /** Reads a line that is like none before. */
  readonly learn: (text: string, start: LineStart) => QuickRecord | null;
}

type Mutable<Value> = { -readonly [Key in keyof Value]: Value[Key] };

const LEAD = '{"v":1,"id":"","at":""';
/** Every other number of a request is part of its shape. */
const SIZES: ReadonlySet<string> = new Set(['inputTokens', 'inputTokensAtMost', 'bodyBytes']);

/** Creates a reader of its own memory, which holds few kinds of lines: importers write few. */
export function createWholeLines(): WholeLines {
  const shelf = createShelf<Mutable<TrafficRecord>>();

  function recall(text: string, start: LineStart): QuickRecord | null {
    const template = readFromShelf(shelf, text, start.end);
    return template?.endsAt === text.length ? told(template, start) : null;
  }

  function learn(text: string, start: LineStart): QuickRecord | null {
    const template = addToShelf(shelf, { text: text.slice(start.end), lead: LEAD, isFree });
    if (template === null) return null;
    template.name = shapeOf(template.value);
    return told(template, start);
  }

  return { recall, learn };
}

function told(
  { value: record, name }: NumberTemplate<Mutable<TrafficRecord>>,
  { id, at }: LineStart,
): QuickRecord | null {
  record.id = id;
  record.at = at;
  const isSound = problemOf(record) === null && !Number.isNaN(recordTime(record));
  return isSound ? { record, shape: name } : null;
}

/** Most other numbers are zero and stay so, as tokens of audio: then they are part of the text. */
function isFree([key, inner = '', ...rest]: readonly string[], value: number): boolean {
  return key === 'request' ? SIZES.has(inner) && rest.length === 0 : key !== 'v' && value !== 0;
}
