import type { Diagnostic } from '#core';
import { secretShape } from '#lint';

const MASK = '\u2022\u2022\u2022\u2022';

/** A finding whose words hold no key: messages quote what authors wrote, and authors write keys into the wrong places. Pure. */
export function maskFinding(finding: Diagnostic): Diagnostic {
  const { message, hint, related, witness } = finding;
  return {
    ...finding,
    message: mask(message),
    ...(hint !== undefined && { hint: mask(hint) }),
    ...(related && { related: related.map((other) => ({ ...other, message: mask(other.message) })) }),
    ...(witness !== undefined && { witness: maskValue(witness) }),
  };
}

function mask(text: string): string {
  return text.replace(/[^\s`"'(){}[\],;]{16,}/g, (word) => (secretShape(word) === null ? word : MASK));
}

/** The same for everything that a report says beside its findings. Pure. */
export function maskValue(value: unknown): unknown {
  if (typeof value === 'string') return mask(value);
  if (Array.isArray(value)) return value.map(maskValue);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, maskValue(item)]));
}
