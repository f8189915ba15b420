/** Prefixes that providers give their keys, from their documentation and the public rules of secret scanners (read 2026-11). */
const KNOWN: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/(?<![\w-])sk-ant-[\w-]{16,}/, 'an Anthropic key'],
  [/(?<![\w-])sk-(?:proj-|svcacct-|or-v1-)?[\w-]{20,}/, 'an OpenAI or OpenRouter key'],
  [/(?<![\w-])[sprk]k_(?:live|test)_\w{12,}/, 'a Stripe key'],
  [/(?<![\w-])sbx_[\w-]{24,}/, 'a consumer key of this gateway'],
  [/(?<![\w-])gsk_\w{20,}/, 'a Groq key'],
  [/(?<![\w-])xai-[\w-]{20,}/, 'an xAI key'],
  [/(?<![\w-])hf_\w{20,}/, 'a Hugging Face token'],
  [/(?<![\w-])pplx-\w{20,}/, 'a Perplexity key'],
  [/(?<![\w-])AIza[\w-]{30,}/, 'a Google key'],
  [/(?<![\w-])ya29\.[\w-]{20,}/, 'a Google token'],
  [/(?<![\w-])A(?:KIA|SIA)[0-9A-Z]{16}(?!\w)/, 'an AWS access key id'],
  [/(?<![\w-])(?:gh[pousr]_\w{20,}|github_pat_\w{20,})/, 'a GitHub token'],
  [/(?<![\w-])glpat-[\w-]{16,}/, 'a GitLab token'],
  [/(?<![\w-])xox[abeprs]-[\w-]{10,}/, 'a Slack token'],
  [/(?<![\w-])eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]*/, 'a signed token (JWT)'],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----/, 'a private key'],
];

const TOKEN = /[A-Za-z0-9_+/=-]{24,}/g;
/** Random base64 has about 4.5 bits per character at this length; names and paths stay below. */
const MIN_BITS = 3.8;
/** Random letters hold no longer run of small letters by chance (1 in 1,000 at 40 characters); words do. */
const MAX_WORD = 5;
const HEXADECIMAL = /(?<!\w)(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{32,}(?!\w)/i;

/** What a text looks like when it holds a key or token, such as `an OpenAI key`; null when it holds none. Never returns the text. Pure. */
export function secretShape(text: string): string | null {
  for (const [pattern, what] of KNOWN) {
    const found = pattern.exec(text)?.[0];
    if (found !== undefined && !isPlaceholder(found)) return what;
  }
  if (HEXADECIMAL.test(text)) return 'a key in hexadecimal';
  const isRandom = [...text.matchAll(TOKEN)].some(([token]) => looksRandom(token));
  return isRandom ? 'a random key' : null;
}

function looksRandom(token: string): boolean {
  if (!/[a-z]/.test(token) || !/[A-Z]/.test(token) || !/\d/.test(token)) return false;
  const longestWord = Math.max(0, ...Array.from(token.matchAll(/[a-z]+/g), ([word]) => word.length));
  return longestWord <= MAX_WORD && bitsPerCharacter(token) >= MIN_BITS;
}

/** `sk-xxxxxxxxxxxxxxxxxxxxxxxx` and `sk-your-key-goes-here-please` are examples, not keys. */
function isPlaceholder(found: string): boolean {
  const tail = found.slice(4);
  return new Set(tail).size < 6 || /^[a-z_-]+$/i.test(tail);
}

/** Shannon entropy over the characters of the text itself. */
function bitsPerCharacter(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
