import type { DialectName } from '#core';

/**
 * Tells whether whole frames of a stream past its commit point hold nothing but text, so that they can pass unread, and
 * hands that text to `onText`. False, having told nothing, whenever in doubt: then they are read.
 */
export type Skim = (bytes: Buffer, onText: (text: string) => void) => boolean;

interface Signs {
  /** Where this fits anywhere, the frames are read; so is a frame that does not end as a JSON object does. */
  readonly read: RegExp;
  /** Keys, without their opening quote, whose value is text of the answer. */
  readonly text: readonly string[];
}

// In JSON text a quote is escaped, so that an answer that speaks of `"usage":` cannot look like the key.
const SIGNS: Readonly<Partial<Record<DialectName, Signs>>> = Object.freeze({
  'openai-chat': {
    read: /\[DONE\]|"error"|event:|"tool_calls"|"function_call"|"(?:finish_reason|usage)": *[^n ]|[^}\r\n]\r?\n\r?\n/,
    text: ['content":'],
  },
  'openai-responses': {
    read: /"type": *"(?!response\.output_text\.delta")|event: *(?!response\.output_text\.delta)|\[DONE\]|"error"|[^}\r\n]\r?\n\r?\n/,
    text: ['delta":'],
  },
  'anthropic-messages': {
    read: /message_|content_block_st|error|input_json_delta|[^}\r\n]\r?\n\r?\n/,
    text: ['text":', 'thinking":'],
  },
});

/** The skim of a dialect; null where every event may matter. Measured: a quarter of what reading an OpenAI chunk costs. */
export function skimOf(dialect: DialectName): Skim | null {
  const signs = SIGNS[dialect];
  return signs === undefined ? null : (bytes, onText) => skim(bytes, signs, onText);
}

/** Whether the bytes end a frame, so that the next ones begin one. Pure. */
export function endsFrame(bytes: Uint8Array): boolean {
  const end = bytes.length;
  if (bytes[end - 1] !== LF) return false;
  return bytes[end - 2] === LF || (bytes[end - 2] === CR && bytes[end - 3] === LF && bytes[end - 4] === CR);
}

const LF = 0x0a;
const CR = 0x0d;
const WIDE = /[\x80-\xff]/;

/** One pass over one string of bytes: a search in the buffer for each sign would cost more than reading the frame. */
function skim(bytes: Buffer, signs: Signs, onText: (text: string) => void): boolean {
  const text = bytes.toString('latin1');
  if (signs.read.test(text)) return false;
  for (const key of signs.text) {
    for (let at = text.indexOf(key); at >= 0; ) {
      let start = at + key.length;
      while (text[start] === ' ') start += 1;
      const end = text[start] === '"' ? stringEnd(text, start + 1) : start;
      if (end > start + 1) onText(stringOf(text.slice(start, end + 1), bytes, start));
      at = text.indexOf(key, end);
    }
  }
  return true;
}

/** The text of a JSON string, given with its quotes. */
function stringOf(quoted: string, bytes: Buffer, start: number): string {
  const json = WIDE.test(quoted) ? bytes.toString('utf8', start, start + quoted.length) : quoted;
  if (!json.includes('\\')) return json.slice(1, -1);
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}

/** Where the closing quote is. */
function stringEnd(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (text[at - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return at;
  }
  return text.length;
}
