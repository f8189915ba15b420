import { createRequire } from 'node:module';
import type * as Core from 'libphonenumber-js/core';
import type { MetadataJson } from 'libphonenumber-js/core';
import type * as Library from 'libphonenumber-js/max';

/** What the check of telephone numbers asks the library. */
export type PhoneLibrary = Pick<
  typeof Library,
  'getCountryCallingCode' | 'isSupportedCountry' | 'parsePhoneNumberFromString'
> & { readonly numberingPlans: () => InstanceType<typeof Core.Metadata> };

const load = createRequire(import.meta.url);

/**
 * The library of telephone numbers with its numbering plans, loaded when the first policy asks for the check: some 6 MB of memory that others need not spend. At once
 * and not as a promise, since checks are compiled with the policies.
 */
export function phoneLibrary(): PhoneLibrary {
  const library = load('libphonenumber-js/max') as typeof Library;
  const { Metadata } = load('libphonenumber-js/core') as typeof Core;
  const plans = load('libphonenumber-js/metadata.max.json') as MetadataJson;
  const { getCountryCallingCode, isSupportedCountry, parsePhoneNumberFromString } = library;
  const numberingPlans = () => new Metadata(plans);
  return { getCountryCallingCode, isSupportedCountry, parsePhoneNumberFromString, numberingPlans };
}
