import type { AddressReach } from './address-reach.ts';

/** Endings that no public name has: reserved for private use (RFC 6761, 6762, 8375, ICANN 2024), or what clusters and routers give out. */
const PRIVATE_ENDINGS = ['.internal', '.local', '.lan', '.home.arpa', '.svc'];

/**
 * Tells whether a name may lead to an address that is so far away. Public ones any name may lead to, nobody's none; `localhost` to loopback; names of private naming
 * (`ollama`, `llm.internal`) and those that the list holds to loopback and private networks. `privateHosts` are lower-case names, or `*.corp.example` for all below. Pure.
 */
export function mayLeadTo(name: string, reach: AddressReach, privateHosts: readonly string[]): boolean {
  if (reach === 'public') return true;
  if (reach === 'nobody') return false;
  const host = name.toLowerCase().replace(/\.$/, '');
  if (host === 'localhost' || host.endsWith('.localhost')) return reach === 'loopback';
  return isPrivateName(host) || privateHosts.some((listed) => fits(host, listed));
}

function isPrivateName(host: string): boolean {
  // A number is an address in another spelling, and no name (WHATWG URL, "ends in a number").
  if (/(^|\.)(\d+|0x[0-9a-f]*)$/.test(host)) return false;
  return !host.includes('.') || PRIVATE_ENDINGS.some((ending) => host.endsWith(ending));
}

function fits(host: string, listed: string): boolean {
  return listed.startsWith('*.') ? host.endsWith(listed.slice(1)) : host === listed;
}
