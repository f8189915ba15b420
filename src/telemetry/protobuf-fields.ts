// The wire format of protobuf (https://protobuf.dev/programming-guides/encoding/), as much of it as adding a field to a message takes.
const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/**
 * Adds fields at the end of each message that stands under a path of field numbers, in the order in which they stand; a repeated field is followed into each of its values. Fields
 * that are not on the path are copied byte for byte. Pure but for `fieldsOf`, which is called once for each message. Throws RangeError where the bytes are no message.
 */
export function appendToMessages(
  message: Uint8Array,
  path: readonly number[],
  fieldsOf: () => readonly Uint8Array[],
): Uint8Array {
  const [next, ...rest] = path;
  if (next === undefined) return Buffer.concat([message, ...fieldsOf()]);
  const parts: Uint8Array[] = [];
  let at = 0;
  while (at < message.length) {
    const tag = readVarint(message, at);
    const end = endOf(message, tag.value & 7, tag.end);
    if (tag.value === next * 8 + BYTES) {
      const inner = message.subarray(readVarint(message, tag.end).end, end);
      parts.push(bytesField(next, appendToMessages(inner, rest, fieldsOf)));
    } else parts.push(message.subarray(at, end));
    at = end;
  }
  return Buffer.concat(parts);
}

/** A field of bytes, of a string or of a message. Pure. */
export function bytesField(field: number, value: Uint8Array): Uint8Array {
  return Buffer.concat([varint(field * 8 + BYTES), varint(value.length), value]);
}

/** A field of the type fixed64. Pure. */
export function fixed64Field(field: number, value: bigint): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return Buffer.concat([varint(field * 8 + FIXED64), bytes]);
}

/** A field of the type double. Pure. */
export function doubleField(field: number, value: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return Buffer.concat([varint(field * 8 + FIXED64), bytes]);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let left = value;
  for (; left > 127; left = Math.floor(left / 128)) bytes.push((left % 128) + 128);
  bytes.push(left);
  return Uint8Array.from(bytes);
}

function readVarint(bytes: Uint8Array, from: number): { readonly value: number; readonly end: number } {
  let value = 0;
  let factor = 1;
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    value += (byte % 128) * factor;
    if (byte < 128) return { value, end: at + 1 };
    factor *= 128;
  }
  throw new RangeError('a number is cut off');
}

function endOf(bytes: Uint8Array, wireType: number, at: number): number {
  const end = lastOf(bytes, wireType, at);
  if (end > bytes.length) throw new RangeError('a field is cut off');
  return end;
}

function lastOf(bytes: Uint8Array, wireType: number, at: number): number {
  if (wireType === FIXED64) return at + 8;
  if (wireType === FIXED32) return at + 4;
  const { value, end } = readVarint(bytes, at);
  if (wireType === VARINT) return end;
  if (wireType === BYTES) return end + value;
  throw new RangeError(`no wire type ${wireType}`);
}
