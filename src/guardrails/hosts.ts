import { compileGlob, fitsGlob } from '#core';
import type { CheckOptions } from './check.ts';

/** The host that a browser would go to, from what stands between `//` and the next of `/?#`; empty where there is none. Pure. */
export function hostOf(authority: string): string {
  // WHATWG URL §4.4: a backslash is a slash, everything up to the last @ is a login, and percent signs are read before the host is looked up.
  const [upToPath = ''] = authority.split(/[/\\?#]/, 1);
  const address = upToPath.slice(upToPath.lastIndexOf('@') + 1);
  const host = address.startsWith('[') ? address.slice(0, address.indexOf(']') + 1) : address.replace(/:\d{0,5}$/, '');
  return decoded(host).normalize('NFKC').toLowerCase().replace(/\.$/, '');
}

/** Tells hosts that `deny` names, or that `allow` does not; with neither, every host is refused. Pure. */
export function refusesHost({ allow = [], deny }: CheckOptions): (host: string) => boolean {
  const allowed = allow.map((host) => compileGlob(host.toLowerCase()));
  const denied = deny?.map((host) => compileGlob(host.toLowerCase()));
  return (host) => {
    if (denied?.some((glob) => fitsGlob(glob, host))) return true;
    return (allowed.length > 0 || denied === undefined) && !allowed.some((glob) => fitsGlob(glob, host));
  };
}

function decoded(host: string): string {
  if (!host.includes('%')) return host;
  try {
    return decodeURIComponent(host);
  } catch {
    return host;
  }
}
