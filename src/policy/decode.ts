/** Text of a policy file, or why its bytes are none. Offsets count UTF-16 code units of `text`. */
export type Decoded =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'mistake';
      /** As much of the file as could be read, for the frame. */
      readonly text: string;
      readonly start: number;
      readonly message: string;
      readonly hint: string;
    };

const SAVE_AS_UTF8 = 'Save the file as UTF-8.';
// YAML 1.2.2, section 5.1: the printable characters leave these out.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;
const LONE_RETURN = /\r(?!\n)/;

/** Reads bytes as UTF-8 text; a byte order mark is accepted and dropped. Pure. */
export function decodeText(bytes: Uint8Array): Decoded {
  const utf16 = looksLikeUtf16(bytes);
  if (utf16) {
    return { kind: 'mistake', text: '', start: 0, message: `the file is ${utf16}, not UTF-8`, hint: SAVE_AS_UTF8 };
  }
  const text = decodeStrictly(bytes);
  if (text === null) return invalidUtf8(bytes);
  const control = CONTROL.exec(text);
  if (control) {
    const code = control[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    const message = `control character U+${code} is not allowed in YAML`;
    return {
      kind: 'mistake',
      text,
      start: control.index,
      message,
      hint: 'Remove it, or write it as an escape such as "\\u0007" in double quotes.',
    };
  }
  const lone = LONE_RETURN.exec(text);
  if (lone) {
    const message = 'a carriage return without a line feed';
    return { kind: 'mistake', text, start: lone.index, message, hint: 'Save the file with LF (or CRLF) line ends.' };
  }
  return { kind: 'text', text };
}

function decodeStrictly(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function looksLikeUtf16(bytes: Uint8Array): string | null {
  const [a, b, c, d] = bytes;
  if (a === 0xff && b === 0xfe) return 'UTF-16 (little-endian)';
  if (a === 0xfe && b === 0xff) return 'UTF-16 (big-endian)';
  if (a !== 0 && b === 0 && c !== undefined && c !== 0 && d === 0) return 'UTF-16 (little-endian)';
  if (a === 0 && b !== 0 && b !== undefined && c === 0 && d !== undefined && d !== 0) return 'UTF-16 (big-endian)';
  return null;
}

function invalidUtf8(bytes: Uint8Array): Decoded {
  const at = findInvalidByte(bytes);
  const before = new TextDecoder('utf-8').decode(bytes.subarray(0, at));
  const rest = new TextDecoder('utf-8').decode(bytes.subarray(at, at + 400));
  const byte = (bytes[at] ?? 0).toString(16).toUpperCase().padStart(2, '0');
  return {
    kind: 'mistake',
    text: before + rest,
    start: before.length,
    message: `byte 0x${byte} at offset ${at} is not valid UTF-8`,
    hint: SAVE_AS_UTF8,
  };
}

/** The offset of the first byte that begins no well-formed sequence (Unicode 15, table 3-7). */
function findInvalidByte(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at);
    if (length === 0) return at;
    at += length;
  }
  return bytes.length;
}

function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const length =
    first >= 0xc2 && first <= 0xdf ? 2 : first >= 0xe0 && first <= 0xef ? 3 : first >= 0xf0 && first <= 0xf4 ? 4 : 0;
  const second = bytes[at + 1] ?? 0;
  const lowest = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const highest = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (length === 0 || second < lowest || second > highest) return 0;
  for (let i = 2; i < length; i++) if (((bytes[at + i] ?? 0) & 0xc0) !== 0x80) return 0;
  return length;
}
