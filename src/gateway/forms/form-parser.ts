import { isUtf8 } from 'node:buffer';
import { GatewayError, invalidField } from '#core';
import { type PartHeaders, readParameters, readPartHeaders } from './part-headers.ts';

/** One part of a form, by offsets into the body. */
export interface FormPart extends PartHeaders {
  /** The value of a text field; empty for a file, whose bytes stay where they are. */
  readonly text: string;
  /** Where the part begins, with the delimiter before it, and where its value does. */
  readonly startsAt: number;
  readonly valueAt: number;
  readonly endsAt: number;
}

/** Finds the parts of a form (RFC 7578) in pieces of any size; keeps no file's bytes. */
export interface FormParser {
  /** Throws 400 `invalid_request`. */
  readonly push: (bytes: Buffer) => void;
  /** Every part, once the whole body is there; throws where it ended too early. */
  readonly end: () => FormParts;
}

/** The parts and where the closing delimiter begins. */
export interface FormParts {
  readonly parts: readonly FormPart[];
  readonly closesAt: number;
}

const MAX_HEADER_BYTES = 16 * 1024;
const MAX_TEXT_BYTES = 1024 * 1024;
const MAX_PARTS = 256;
const HEAD_END = Buffer.from('\r\n\r\n');
const BROKEN = 'the body is not the form that its content type says';

const FORM = 'multipart/form-data';
/** RFC 2046 §5.1.1. */
const BOUNDARY = /^[\w'()+,./:=? -]{0,69}[\w'()+,./:=?-]$/;

/** The boundary that the content type of a form names; null where it names none. Throws 400 `invalid_request` where it names two, or can be read in two ways. Pure. */
export function boundaryOf(contentType: string): string | null {
  const boundary = readParameters(contentType.slice(FORM.length)).get('boundary') ?? '';
  return BOUNDARY.test(boundary) ? boundary : null;
}

/** Creates a parser for one body. Memory: headers and text fields, bounded, and the length of a delimiter. */
export function createFormParser(boundary: string): FormParser {
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  const parts: FormPart[] = [];
  let state: 'start' | 'delimiter' | 'head' | 'value' | 'over' = 'start';
  // As if a line had ended before the first delimiter.
  let rest: Buffer = Buffer.from('\r\n');
  let at = -2;
  let open: Omit<FormPart, 'text' | 'endsAt'> | null = null;
  let startsAt = 0;
  let closesAt = -1;
  let texts: Buffer[] = [];
  let textBytes = 0;

  function take(count: number): Buffer {
    const taken = rest.subarray(0, count);
    rest = rest.subarray(count);
    at += count;
    return taken;
  }

  function push(bytes: Buffer): void {
    if (state === 'over') return;
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    while (step()) {
      // Until more bytes are needed.
    }
  }

  function step(): boolean {
    switch (state) {
      case 'start':
      case 'value':
        return findDelimiter();
      case 'delimiter':
        return afterDelimiter();
      case 'head':
        return readHead();
      case 'over':
        return false;
    }
  }

  function findDelimiter(): boolean {
    const found = rest.indexOf(delimiter);
    if (found < 0) {
      keepText(take(Math.max(0, rest.length - delimiter.length + 1)));
      return false;
    }
    keepText(take(found));
    if (open !== null) {
      if (parts.length >= MAX_PARTS)
        throw new GatewayError('invalid_request', `the form has more than ${MAX_PARTS} fields`);
      const text = Buffer.concat(texts);
      if (!isUtf8(text)) throw invalidField(open.name, 'expected UTF-8');
      parts.push({ ...open, text: text.toString('utf8'), endsAt: at });
    }
    open = null;
    texts = [];
    textBytes = 0;
    startsAt = at;
    take(delimiter.length);
    state = 'delimiter';
    return true;
  }

  function keepText(bytes: Buffer): void {
    if (open === null || open.file !== null || bytes.length === 0) return;
    textBytes += bytes.length;
    if (textBytes > MAX_TEXT_BYTES) throw invalidField(open.name, `expected at most ${MAX_TEXT_BYTES} bytes of text`);
    texts.push(Buffer.from(bytes));
  }

  function afterDelimiter(): boolean {
    if (rest.length < 2) return false;
    const mark = take(2).toString('latin1');
    if (mark === '--') {
      closesAt = startsAt;
      state = 'over';
      rest = Buffer.alloc(0);
      return false;
    }
    if (mark !== '\r\n') throw new GatewayError('invalid_request', BROKEN);
    state = 'head';
    return true;
  }

  function readHead(): boolean {
    const end = rest.indexOf(HEAD_END);
    if (end < 0 || end > MAX_HEADER_BYTES) {
      if (rest.length > MAX_HEADER_BYTES) throw new GatewayError('invalid_request', BROKEN);
      return false;
    }
    const head = take(end + HEAD_END.length);
    if (!isUtf8(head)) throw new GatewayError('invalid_request', BROKEN);
    open = { ...readPartHeaders(head.toString('utf8')), startsAt, valueAt: at };
    state = 'value';
    return true;
  }

  function end(): FormParts {
    if (state !== 'over') throw new GatewayError('invalid_request', 'the form ends before its closing boundary');
    return { parts, closesAt };
  }

  return { push, end };
}
