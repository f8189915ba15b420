/** The bare key in the header that the provider document names. Pure. */
export function keyHeaders(auth: { readonly header: string | null }, key: string): readonly string[] {
  return [auth.header === null ? 'authorization' : auth.header.toLowerCase(), key];
}
