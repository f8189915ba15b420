import { Readable } from 'node:stream';
import type { Upload } from '#upstream';
import type { FormPart, FormParts } from './form-parser.ts';
import type { Spool } from './spool.ts';

type Edits = Readonly<Record<string, unknown>>;
/** Bytes of the form as it came, or others. */
type Segment = Buffer | { readonly from: number; readonly to: number };

/** A form to be sent on, as it came but for some text fields. */
export function formUpload(
  spool: Spool,
  form: FormParts,
  { boundary, contentType }: { readonly boundary: string; readonly contentType: string },
): Upload {
  return {
    contentType,
    body(edits) {
      const segments = segmentsOf(form, edits, boundary, spool.sizeBytes());
      const sizeBytes = segments.reduce((sum, segment) => sum + lengthOf(segment), 0);
      return { sizeBytes, open: () => Readable.from(piecesOf(spool, segments), { objectMode: false }) };
    },
  };
}

async function* piecesOf(spool: Spool, segments: readonly Segment[]): AsyncIterable<Buffer> {
  for (const segment of segments) {
    if (Buffer.isBuffer(segment)) yield segment;
    else yield* spool.read(segment.from, segment.to);
  }
}

function segmentsOf({ parts, closesAt }: FormParts, edits: Edits, boundary: string, sizeBytes: number): Segment[] {
  const segments: Segment[] = [];
  const set = new Set<string>();
  let at = 0;
  for (const part of parts) {
    if (part.file !== null || !Object.hasOwn(edits, part.name)) continue;
    const value = edits[part.name];
    const isGone = value === undefined || set.has(part.name);
    segments.push({ from: at, to: isGone ? part.startsAt : part.valueAt });
    if (!isGone) segments.push(Buffer.from(textOf(value)));
    set.add(part.name);
    at = part.endsAt;
  }
  segments.push({ from: Math.max(at, 0), to: closesAt });
  for (const [name, value] of Object.entries(edits)) {
    if (value === undefined || set.has(name) || isFile(parts, name)) continue;
    segments.push(fieldOf(boundary, name, textOf(value)));
  }
  segments.push({ from: closesAt, to: sizeBytes });
  return atLineStart(segments);
}

/** The first delimiter begins the body, without the end of a line before it. */
function atLineStart(segments: Segment[]): Segment[] {
  return segments.map((segment) =>
    Buffer.isBuffer(segment) ? segment : { from: Math.max(0, segment.from), to: Math.max(0, segment.to) },
  );
}

function isFile(parts: readonly FormPart[], name: string): boolean {
  return parts.some((part) => part.name === name && part.file !== null);
}

function fieldOf(boundary: string, name: string, text: string): Buffer {
  const quoted = name.replace(/["\r\n]/g, (mark) => encodeURIComponent(mark));
  return Buffer.from(`\r\n--${boundary}\r\ncontent-disposition: form-data; name="${quoted}"\r\n\r\n${text}`);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function lengthOf(segment: Segment): number {
  return Buffer.isBuffer(segment) ? segment.length : Math.max(0, segment.to - segment.from);
}
