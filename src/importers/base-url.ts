import { secretShape } from '#lint';
import { type Draft, note } from './draft.ts';
import { variableOf } from './secret-source.ts';
import type { SourceNode } from './source-node.ts';

/** A host that never resolves, so that no key goes to a stranger: somebody has to name the real one. */
export function placeholderUrl(name: string): string {
  return `https://${name}-not-set.invalid/v1`;
}

/**
 * The base URL as a policy may hold it: no user name, query or fragment, no path of a call. Null, with a report, when the text is no address or stands for a
 * variable, which a policy's URL cannot.
 */
export function readBaseUrl(draft: Draft, node: SourceNode, text: string): string | null {
  const variable = variableOf(text);
  if (variable !== null || /\$\{|\{\{|^os\.environ/.test(text)) {
    const what = variable === null ? 'holds a variable' : `is the variable ${variable}`;
    note(
      draft,
      'needs-you',
      'base-url',
      node,
      `the address ${what}; a policy names addresses in full`,
      'Write it into `baseUrl` of the provider; where environments differ, into an Environment.',
    );
    return null;
  }
  const url = parseUrl(text);
  if (url === null) {
    note(
      draft,
      'needs-you',
      'base-url',
      node,
      'the address is no http or https URL',
      'Write the provider’s `baseUrl` by hand.',
    );
    return null;
  }
  if (url.username !== '' || url.password !== '' || url.search !== '') {
    note(
      draft,
      'needs-you',
      'base-url',
      node,
      'the address holds a user name, a password or a query, which was not copied',
      'Put the secret into `auth.secret` or `headers` as {env: NAME}, and plain parameters into `quirks.query`.',
    );
  }
  const path = url.pathname
    .replace(/\/+$/, '')
    .replace(/\/(?:chat\/completions|completions|embeddings|responses|messages|audio\/\w+|images\/\w+)$/, '');
  const address = `${url.origin}${path}`;
  if (secretShape(address) === null) return address;
  note(
    draft,
    'needs-you',
    'base-url',
    node,
    'the address holds what looks like a key and was not copied',
    'Write the provider’s `baseUrl` by hand.',
  );
  return null;
}

function parseUrl(text: string): URL | null {
  try {
    const url = new URL(/^[\w+.-]+:\/\//.test(text) ? text : `https://${text}`);
    return (url.protocol === 'http:' || url.protocol === 'https:') && /^[\w.[\]:-]+$/.test(url.host) ? url : null;
  } catch {
    return null;
  }
}

/** A word for the host of an address that is none of a well-known provider; null for those, and for what is no address. */
export function ownHost(text: string): string | null {
  const url = parseUrl(text);
  if (url === null || PROVIDER_HOSTS.test(url.hostname)) return null;
  return hostWord(url.origin);
}

const PROVIDER_HOSTS =
  /(?:^|\.)(?:openai\.com|anthropic\.com|googleapis\.com|mistral\.ai|groq\.com|deepseek\.com|together\.(?:xyz|ai)|fireworks\.ai|x\.ai|openrouter\.ai|perplexity\.ai|cerebras\.ai|aliyuncs\.com|moonshot\.(?:ai|cn)|z\.ai|bigmodel\.cn)$/;

/** The part of a host that tells resources apart: `my-resource` of `my-resource.openai.azure.com`. */
export function hostWord(baseUrl: string): string {
  const host = new URL(baseUrl).hostname;
  const [first = host] = host.split('.');
  return /^\d/.test(first) || first === 'api' || first === 'www' ? host : first;
}
