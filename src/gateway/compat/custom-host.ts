import { GatewayError } from '#core';

/**
 * Checks the address that a caller wants a provider's calls to go to: HTTP or HTTPS, no user name, and a host that the list names exactly, compared after
 * URL normalisation and before any look-up of its address. Returns the base URL without a trailing slash. Throws 400 `host_not_allowed`. Pure.
 */
export function readCustomHost(text: string, where: string, allowedHosts: readonly string[]): string {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw refused(`${where}: custom_host is not a URL such as https://llm.example.com/v1`);
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw refused(`${where}: custom_host is not an HTTP address`);
  if (url.username !== '' || url.password !== '') throw refused(`${where}: custom_host holds a user name or password`);
  if (url.search !== '' || url.hash !== '') throw refused(`${where}: custom_host holds a query or a fragment`);
  if (!allowedHosts.includes(url.hostname)) {
    throw refused(`${where}: custom_host ${url.hostname} is not in compatibility.allowedHosts`);
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

function refused(message: string): GatewayError {
  return new GatewayError('host_not_allowed', message);
}
