import { asArray, asObject, asString, parseJson } from '#core';
import type { Source } from './types.ts';

const FORMAT = 'signalbox-policies/1';

/**
 * Packs policy files into one JSON text, such as the last good revision on disk: `{format, files: [{file, text} | {file, base64}]}`.
 * Bytes that are no valid UTF-8 travel as base64, so that every file comes back as it was. Pure.
 */
export function packTree(sources: readonly Source[]): string {
  const files = sources.map(({ file, bytes }) => {
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    const isText = Buffer.compare(new TextEncoder().encode(text), bytes) === 0;
    return isText ? { file, text } : { file, base64: Buffer.from(bytes).toString('base64') };
  });
  return `${JSON.stringify({ format: FORMAT, files })}\n`;
}

/** The files of a packed tree; null when the text is none, for example cut short by a full disk. Pure. */
export function unpackTree(packed: string): readonly Source[] | null {
  const tree = asObject(parseJson(packed));
  if (tree.format !== FORMAT || !Array.isArray(tree.files)) return null;
  const sources: Source[] = [];
  for (const entry of asArray(tree.files)) {
    const { file, text, base64 } = asObject(entry);
    const name = asString(file);
    const isText = typeof text === 'string';
    if (name === undefined || (!isText && typeof base64 !== 'string')) return null;
    sources.push({
      file: name,
      bytes: isText ? new TextEncoder().encode(text) : new Uint8Array(Buffer.from(String(base64), 'base64')),
    });
  }
  return sources;
}
