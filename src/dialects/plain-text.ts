import type { DocumentPart, TextPart } from '#core';
import { decodeBase64Text } from './data-url.ts';

/** A text document as the text it is, for dialects that take no files; null where it is none. Pure. */
export function plainText(part: DocumentPart): TextPart | null {
  const { source } = part;
  if (source.kind === 'text') return { kind: 'text', text: source.text };
  const text = source.kind === 'base64' && source.mediaType.startsWith('text/') ? decodeBase64Text(source.data) : null;
  return text === null ? null : { kind: 'text', text };
}
