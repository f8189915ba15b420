/** Who made a signature or an encrypted thought; `unknown` where its form tells nothing, as for an empty one. */
export type ReasoningOrigin = 'anthropic' | 'google' | 'openai' | 'unknown';

/**
 * Tells by its form who made a reasoning signature (or encrypted reasoning), since no wire format names the maker and
 * every provider refuses another's. OpenAI's is a Fernet token. Anthropic's holds the bytes 18 02, then 22 or 2a, then
 * 40 near its head; Google's begins with 01, bare or inside protocol buffer fields 1 and 2 that may lead with a small
 * number. So read from 280 recorded ones of 2025 and 2026; an unknown form is nobody's, and the provider that gets it
 * may judge it. Pure.
 */
export function reasoningOrigin(signature: string | undefined): ReasoningOrigin {
  if (signature === undefined) return 'unknown';
  if (SKIPPED.has(signature)) return 'google';
  if (signature.length < HEAD) return 'unknown';
  if (signature.startsWith('gAAAA')) return 'openai';
  const head = signature.slice(0, HEAD).replaceAll('-', '+').replaceAll('_', '/');
  if (!/^[A-Za-z0-9+/]+$/.test(head)) return 'unknown';
  const bytes = atob(head);
  if (bytes.includes('\u0018\u0002"@') || bytes.includes('\u0018\u0002*@')) return 'anthropic';
  return bytes.charCodeAt(payloadStart(bytes)) === 0x01 ? 'google' : 'unknown';
}

/** Whether a signature is known to be another provider's than `reader`, which would refuse it. Pure. */
export function isForeignReasoning(signature: string | undefined, reader: ReasoningOrigin): boolean {
  const origin = reasoningOrigin(signature);
  return origin !== 'unknown' && reader !== 'unknown' && origin !== reader;
}

/**
 * Who made the model of this name; `unknown` for all but the three whose reasoning is signed. Deployments may be called
 * anything, so an `unknown` model is not known to refuse what it gets. Pure.
 */
export function modelMaker(model: string): ReasoningOrigin {
  if (/claude/i.test(model)) return 'anthropic';
  if (/gemini/i.test(model)) return 'google';
  return /(?:^|[/.])(?:gpt-(?!oss)|chatgpt-|o\d)/i.test(model) ? 'openai' : 'unknown';
}

/** A whole number of base64 groups that covers all envelopes; anything shorter is no real signature. */
const HEAD = 40;

/**
 * What Google takes in place of a signature, bare and in base64 as its own endpoints give it back
 * (ai.google.dev/gemini-api/docs/thought-signatures, read 2026-11).
 */
const SKIPPED: ReadonlySet<string> = new Set([
  'skip_thought_signature_validator',
  'c2tpcF90aG91Z2h0X3NpZ25hdHVyZV92YWxpZGF0b3I=',
  'context_engineering_is_the_way_to_go',
  'Y29udGV4dF9lbmdpbmVlcmluZ19pc190aGVfd2F5X3RvX2dv',
]);

/** Where the content begins inside nested protocol buffer fields: 1 or 2 with a length, each led by field 1 as a number. */
function payloadStart(bytes: string): number {
  let at = 0;
  while (bytes.charCodeAt(at) === 0x0a || bytes.charCodeAt(at) === 0x12) {
    at++;
    while (bytes.charCodeAt(at) >= 0x80) at++;
    at++;
    if (bytes.charCodeAt(at) === 0x08) at += 2;
  }
  return at;
}
