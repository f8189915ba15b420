/** The content of a `data:` URL (RFC 2397); parameters such as `charset` are read over, percent-encoded content becomes base64. Null where it is not one. Pure. */
export function parseDataUrl(url: string): { readonly mediaType: string; readonly data: string } | null {
  if (!/^data:/i.test(url)) return null;
  const comma = url.indexOf(',');
  if (comma === -1) return null;
  const [mediaType = '', ...parameters] = url.slice(5, comma).split(';');
  const content = url.slice(comma + 1);
  const isBase64 = parameters.some((parameter) => parameter.trim().toLowerCase() === 'base64');
  const data = isBase64 ? content.replaceAll(/\s/g, '') : encodeBase64(content);
  return { mediaType: mediaType.trim().toLowerCase() || 'text/plain', data };
}

/** A base64 `data:` URL. Pure. */
export function formatDataUrl(mediaType: string, data: string): string {
  return `data:${mediaType};base64,${data}`;
}

/** Percent-encoded bytes may be anything, not only UTF-8. */
function encodeBase64(content: string): string {
  const escaped = content.replace(/[\u0080-\uffff]+/g, encodeURIComponent);
  return btoa(escaped.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))));
}

/** The text in base64 UTF-8; null where it is no base64. Pure. */
export function decodeBase64Text(data: string): string | null {
  try {
    const binary = atob(data);
    return new TextDecoder().decode(Uint8Array.from(binary, (character) => character.charCodeAt(0)));
  } catch {
    return null;
  }
}
