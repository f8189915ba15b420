import type { AddressReach } from './address-reach.ts';

/** A name leads nowhere that it may lead to. The text names the host and what can be done; it is for records and logs. */
export class ForbiddenAddress extends Error {
  readonly code = 'EFORBIDDEN';
  readonly host: string;

  constructor(host: string, reach: AddressReach | null) {
    super(`${host} ${PROBLEMS[reach ?? 'nobody']}`);
    this.name = 'ForbiddenAddress';
    this.host = host;
  }
}

const LISTED = 'if that is meant, list it in `privateHosts` of the Project';
const PROBLEMS: Readonly<Record<AddressReach, string>> = {
  public: 'may not be called',
  private: `leads into a private network; ${LISTED}`,
  loopback: `leads to this machine; ${LISTED}`,
  nobody: 'leads to the machine’s own link, to a metadata service or to nobody, which no name may',
};

/** The refusal behind an error of a connection, or null. Pure. */
export function forbiddenAddress(error: unknown): ForbiddenAddress | null {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 4; at = at.cause, depth += 1) {
    if (at instanceof ForbiddenAddress) return at;
  }
  return null;
}
