/**
 * Messages of `application/vnd.amazon.eventstream`: a length, the length of the headers and a checksum of both, then
 * headers, payload and a checksum of everything before it. Both checksums are CRC-32 (IEEE 802.3), all figures big-endian.
 * Source: smithy.io/2.0/aws/amazon-eventstream.html, read 2026-11.
 */
export interface AwsMessage {
  /** Only string headers: the others carry nothing that this gateway reads. */
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Uint8Array;
}

/** Length, headers' length and their checksum. */
export const PRELUDE_BYTES = 12;
const CHECKSUM_BYTES = 4;
const STRING = 7;

/** The total length that a prelude tells; null where its checksum or its figures are wrong. Pure. */
export function readPrelude(bytes: Uint8Array): number | null {
  const view = viewOf(bytes);
  const total = view.getUint32(0);
  const headers = view.getUint32(4);
  const isSound = crc32(bytes.subarray(0, 8)) === view.getUint32(8);
  return isSound && total >= PRELUDE_BYTES + headers + CHECKSUM_BYTES ? total : null;
}

/** Reads one whole message, whose prelude has been checked; null where the checksum or a header is wrong. Pure. */
export function decodeAwsMessage(bytes: Uint8Array): AwsMessage | null {
  const view = viewOf(bytes);
  const end = bytes.length - CHECKSUM_BYTES;
  if (crc32(bytes.subarray(0, end)) !== view.getUint32(end)) return null;
  const headersEnd = PRELUDE_BYTES + view.getUint32(4);
  const headers = readHeaders(bytes, view, headersEnd);
  return headers === null ? null : { headers, payload: bytes.subarray(headersEnd, end) };
}

/** Lengths of header values by their type number; a negative one is led by a length of two bytes. */
const VALUE_BYTES: readonly number[] = [0, 0, 1, 2, 4, 8, -1, -1, 8, 16];

function readHeaders(bytes: Uint8Array, view: DataView, end: number): Record<string, string> | null {
  const headers: Record<string, string> = {};
  const decoder = new TextDecoder();
  let at = PRELUDE_BYTES;
  while (at < end) {
    const nameEnd = at + 1 + view.getUint8(at);
    const type = nameEnd < end ? view.getUint8(nameEnd) : -1;
    const fixed = VALUE_BYTES[type];
    if (fixed === undefined) return null;
    const start = nameEnd + 1 + (fixed < 0 ? 2 : 0);
    if (start > end) return null;
    const valueEnd = start + (fixed < 0 ? view.getUint16(nameEnd + 1) : fixed);
    if (valueEnd > end) return null;
    if (type === STRING) {
      headers[decoder.decode(bytes.subarray(at + 1, nameEnd))] = decoder.decode(bytes.subarray(start, valueEnd));
    }
    at = valueEnd;
  }
  return headers;
}

/** Writes one message. Pure. */
export function encodeAwsMessage(message: AwsMessage): Uint8Array {
  const encoder = new TextEncoder();
  const fields = Object.entries(message.headers).map(
    ([name, value]) => [encoder.encode(name), encoder.encode(value)] as const,
  );
  const headerBytes = fields.reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0);
  const total = PRELUDE_BYTES + headerBytes + message.payload.length + CHECKSUM_BYTES;
  const bytes = new Uint8Array(total);
  const view = viewOf(bytes);
  view.setUint32(0, total);
  view.setUint32(4, headerBytes);
  view.setUint32(8, crc32(bytes.subarray(0, 8)));
  let at = PRELUDE_BYTES;
  for (const [name, value] of fields) {
    view.setUint8(at, name.length);
    bytes.set(name, at + 1);
    view.setUint8(at + 1 + name.length, STRING);
    view.setUint16(at + 2 + name.length, value.length);
    bytes.set(value, at + 4 + name.length);
    at += 4 + name.length + value.length;
  }
  bytes.set(message.payload, at);
  view.setUint32(total - CHECKSUM_BYTES, crc32(bytes.subarray(0, total - CHECKSUM_BYTES)));
  return bytes;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const TABLE: Uint32Array = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** CRC-32 (IEEE 802.3) as an unsigned figure. Pure. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let at = 0; at < bytes.length; at++) crc = (TABLE[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
