import type { DialectName } from '#core';
import { wireDialects } from '#dialects';

/** The upstream dialects this version can call, the sandbox's included. Pure. */
export function supportedDialects(): readonly DialectName[] {
  return [...wireDialects(), 'sandbox'];
}
