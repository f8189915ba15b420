/** Collects the body of an upstream that answers with one JSON value where a stream was asked for. */
export interface JsonAnswer {
  /** The bytes of a frame without data; ignored unless the first ones begin a JSON value. */
  readonly hold: (raw: Uint8Array) => void;
  /** All of it; undefined when there is none, or more than is worth the memory. */
  readonly text: () => string | undefined;
}

const MAX_BYTES = 32 * 1024 * 1024;

/** Creates a collector for one stream. */
export function createJsonAnswer(): JsonAnswer {
  const pieces: Uint8Array[] = [];
  let size = 0;
  return {
    hold(raw) {
      if (size === 0 && !/^\s*[{[]/.test(new TextDecoder().decode(raw.subarray(0, 64)))) return;
      size += raw.length;
      if (size <= MAX_BYTES) pieces.push(raw);
      else pieces.length = 0;
    },
    text() {
      if (pieces.length === 0) return undefined;
      const decoder = new TextDecoder();
      return pieces.map((piece) => decoder.decode(piece, { stream: true })).join('') + decoder.decode();
    },
  };
}
