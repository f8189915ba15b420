/** The key in `authorization`, as RFC 6750 has it. Pure. */
export function bearerHeaders(_auth: unknown, key: string): readonly string[] {
  return ['authorization', `Bearer ${key}`];
}
