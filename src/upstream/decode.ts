import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';

/** Undoes the content encoding of a provider that encodes although asked not to. */
export interface Decoder {
  /** False when it holds enough for now: pause until `onDrain`. */
  readonly write: (bytes: Uint8Array) => boolean;
  readonly end: () => void;
  readonly isFull: () => boolean;
  readonly pause: () => void;
  readonly resume: () => void;
  readonly destroy: () => void;
}

export interface DecoderSink {
  readonly onData: (bytes: Uint8Array) => void;
  readonly onEnd: () => void;
  readonly onError: () => void;
  readonly onDrain: () => void;
}

/** Creates a decoder; null for an encoding nobody can undo. */
export function createDecoder(encoding: string, sink: DecoderSink): Decoder | null {
  const stream = streamOf(encoding.trim().toLowerCase());
  if (stream === null) return null;
  stream.on('data', sink.onData);
  stream.on('end', sink.onEnd);
  stream.on('error', sink.onError);
  stream.on('drain', sink.onDrain);
  return {
    write: (bytes) => stream.write(bytes),
    end: () => stream.end(),
    isFull: () => stream.writableNeedDrain,
    pause: () => stream.pause(),
    resume: () => stream.resume(),
    destroy: () => stream.destroy(),
  };
}

function streamOf(encoding: string) {
  if (encoding === 'gzip' || encoding === 'x-gzip') return createGunzip();
  if (encoding === 'deflate') return createInflate();
  if (encoding === 'br') return createBrotliDecompress();
  if (encoding === 'zstd') return createZstdDecompress();
  return null;
}
