/**
 * What Google takes in place of a signature that the history does not have, because another model made the call or the
 * caller's dialect cannot carry it; Gemini 3 refuses the first call of a step without one
 * (ai.google.dev/gemini-api/docs/thought-signatures, read 2026-11).
 */
export const NO_SIGNATURE = 'skip_thought_signature_validator';

/**
 * Whether a reasoning signature was made by another provider, which Gemini refuses as corrupted. All recorded signatures
 * of Claude hold the bytes 18 02, then 22 or 2a, then 40 near their head; OpenAI's encrypted reasoning is a Fernet
 * token. Anything else is taken for Gemini's own. Pure.
 */
export function isForeignSignature(signature: string): boolean {
  if (signature.startsWith('gAAAA')) return true;
  const head = signature.slice(0, 40).replaceAll('-', '+').replaceAll('_', '/');
  if (!/^[A-Za-z0-9+/]{40}$/.test(head)) return false;
  const bytes = atob(head);
  return bytes.includes('\u0018\u0002"@') || bytes.includes('\u0018\u0002*@');
}
