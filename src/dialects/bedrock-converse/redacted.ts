/*
 * `redactedContent` is bytes, in base64 on the wire; other wires carry redacted thoughts as text. Each byte becomes one
 * character and back, so that text of another API arrives as its bytes and nothing is changed on the way round.
 */

/** Redacted thoughts as neutral text; what is no base64 stays as it is. Pure. */
export function readRedacted(base64: string): string {
  try {
    return atob(base64);
  } catch {
    return base64;
  }
}

/** Redacted thoughts for the wire; null where they are no bytes. Pure. */
export function writeRedacted(text: string): string | null {
  try {
    return btoa(text);
  } catch {
    return null;
  }
}
