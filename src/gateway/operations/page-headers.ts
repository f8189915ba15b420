/**
 * Headers of every answer of the operations: no browser may show one within another site's page, run anything in it, keep it, or take it for another type than it says.
 * A page of its own adds to the policy only what it needs, and never scripts from elsewhere.
 */
export const PAGE_HEADERS: Readonly<Record<string, string>> = Object.freeze({
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
});
