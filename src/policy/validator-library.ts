import { createRequire } from 'node:module';
import type { Ajv2020 } from 'ajv/dist/2020.js';

const load = createRequire(import.meta.url);

/**
 * Ajv, loaded at the first document with a mistake: a tree without one, which is nearly every tree, need not spend the tenth of a second. At once and not as a
 * promise, since reading policies is a pure function.
 */
export function validatorLibrary(): typeof Ajv2020 {
  return (load('ajv/dist/2020.js') as { readonly Ajv2020: typeof Ajv2020 }).Ajv2020;
}
