// Bounded quantifiers only: these run over whatever callers send.
const PATTERNS: readonly RegExp[] = [
  /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}/,
  /\b(?:sk|pk|rk|sbx|ghp|gho|ghs|github_pat|glpat|xox[abprs]|AIza|AKIA|ASIA|ya29|hf|gsk|xai|pplx)[-_A-Za-z0-9]{16,}/,
  /\beyJ[\w-]{8,}\.[\w-]{8,}/,
  /-----BEGIN [A-Z ]{1,30}KEY-----/,
  /\b(?:\d[ -]?){13,19}\b/,
  /\+\d{1,3}[ -]?(?:\d[ -]?){7,13}/,
];

/** Tells whether a short text looks like an e-mail address, a key or token, a card or a phone number. Errs on the side of yes. Pure. */
export function looksPrivate(text: string): boolean {
  return PATTERNS.some((pattern) => pattern.test(text));
}
