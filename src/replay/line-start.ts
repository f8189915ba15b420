import type { TrafficRecord } from '#decision-log';

/** How the line of a record begins. */
export interface LineStart {
  readonly id: string;
  readonly at: string;
  /** Where the time ends, behind its quote. */
  readonly end: number;
}

/** A record as far as a replay reads it, with its shape. It holds until the next line is read: most of it is one object for all lines that are alike. */
export interface QuickRecord {
  readonly record: TrafficRecord;
  readonly shape: string;
}

const START = '{"v":1,"id":"';
const AT = '","at":"';

/** The first fields of a line, in the order of every writer; null where they are not there. Pure. */
export function startOf(text: string): LineStart | null {
  if (text.slice(0, START.length) !== START) return null;
  const idEnd = text.indexOf('"', START.length);
  const id = text.slice(START.length, idEnd);
  const atStart = idEnd + AT.length;
  if (id === '' || id.includes('\\') || text.slice(idEnd, atStart) !== AT) return null;
  const atEnd = text.indexOf('"', atStart);
  return { id, at: text.slice(atStart, atEnd), end: atEnd + 1 };
}
