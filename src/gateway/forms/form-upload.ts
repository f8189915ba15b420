import { Readable } from 'node:stream';
import { isObject } from '#core';
import type { Upload } from '#upstream';
import type { FormParts } from './form-parser.ts';
import type { Spool } from './spool.ts';

type Edits = Readonly<Record<string, unknown>>;
/** Bytes of the form as it came, or others. */
type Segment = Buffer | { readonly from: number; readonly to: number };

/** A form to be sent on, as it came but for some text fields and names of files. Of a name that came again, an edit is a list in the same order. */
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
  const seen = new Map<string, number>();
  const total = new Map<string, number>();
  for (const { name } of parts) total.set(name, (total.get(name) ?? 0) + 1);
  let at = 0;
  for (const part of parts) {
    const { name, file, startsAt, valueAt, endsAt } = part;
    const place = seen.get(name) ?? 0;
    seen.set(name, place + 1);
    if (!Object.hasOwn(edits, name)) continue;
    const value = placedValue(edits[name], place, total.get(name) ?? 1);
    if (file !== null) {
      const filename = isObject(value) ? value.filename : file.filename;
      if (typeof filename !== 'string' || filename === file.filename) continue;
      segments.push(
        { from: at, to: startsAt },
        fileHead(boundary, name, withExtension(filename, file.filename), file.type),
      );
      at = valueAt;
      continue;
    }
    segments.push({ from: at, to: value === undefined ? startsAt : valueAt });
    if (value !== undefined) segments.push(Buffer.from(textOf(value)));
    at = endsAt;
  }
  segments.push({ from: Math.max(at, 0), to: closesAt });
  for (const [name, value] of Object.entries(edits)) {
    if (value === undefined || seen.has(name)) continue;
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

/** What an edit says of one of several parts of a name: its own item of a list, else the first takes the value and the others go. */
function placedValue(value: unknown, place: number, total: number): unknown {
  if (total > 1 && Array.isArray(value) && value.length === total) return value[place];
  return place === 0 ? value : undefined;
}

function fieldOf(boundary: string, name: string, text: string): Buffer {
  return Buffer.from(`\r\n--${boundary}\r\ncontent-disposition: form-data; name="${quoted(name)}"\r\n\r\n${text}`);
}

function fileHead(boundary: string, name: string, filename: string, type: string): Buffer {
  const disposition = `content-disposition: form-data; name="${quoted(name)}"; filename="${quoted(filename)}"`;
  const typed = type === '' ? '' : `\r\ncontent-type: ${type}`;
  return Buffer.from(`\r\n--${boundary}\r\n${disposition}${typed}\r\n\r\n`);
}

/** Providers tell sounds and pictures by the ending of the name: a mask must not take it away. */
function withExtension(filename: string, before: string): string {
  const ending = /\.[A-Za-z0-9]{1,5}$/.exec(before)?.[0] ?? '';
  return filename.endsWith(ending) ? filename : `${filename}${ending}`;
}

function quoted(text: string): string {
  return text.replace(/["\r\n]/g, (mark) => encodeURIComponent(mark));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function lengthOf(segment: Segment): number {
  return Buffer.isBuffer(segment) ? segment.length : Math.max(0, segment.to - segment.from);
}
