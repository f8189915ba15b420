/** A value as people write it in YAML's short form: `[gpt, claude]`, `{ gpt: secret-missing }`, `none` for null. Pure. */
export function showValue(value: unknown): string {
  if (value === null || value === undefined) return 'none';
  if (Array.isArray(value)) return `[${value.map(showValue).join(', ')}]`;
  if (typeof value !== 'object') return String(value);
  const parts = Object.entries(value).map(([key, part]) => `${key}: ${showValue(part)}`);
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
}
