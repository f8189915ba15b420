/** The object without its undefined fields, so that optional fields are absent rather than undefined. Pure. */
export function compact<T extends object>(value: { readonly [K in keyof T]: T[K] | undefined }): T {
  const kept: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(value)) if (field !== undefined) kept[key] = field;
  return kept as T;
}
