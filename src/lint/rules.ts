import type { Rule } from './rule.ts';
import { alertImpossible } from './rules/alert-impossible.ts';
import { alertSingleThreshold } from './rules/alert-single-threshold.ts';
import { budgetChildrenExceedParent } from './rules/budget-children-exceed-parent.ts';
import { budgetNoAction } from './rules/budget-no-action.ts';
import { cacheRealtime } from './rules/cache-realtime.ts';
import { docMissingOwner } from './rules/doc-missing-owner.ts';
import { envSharedKey } from './rules/env-shared-key.ts';
import { fallbackExceedsHopLimit } from './rules/fallback-exceeds-hop-limit.ts';
import { fallbackMissingCapability } from './rules/fallback-missing-capability.ts';
import { fallbackNone } from './rules/fallback-none.ts';
import { fallbackSelf } from './rules/fallback-self.ts';
import { keyAgeUnknown } from './rules/key-age-unknown.ts';
import { keyNoExpiry } from './rules/key-no-expiry.ts';
import { keyRotationOverdue } from './rules/key-rotation-overdue.ts';
import { namingKebabCase } from './rules/naming-kebab-case.ts';
import { refUnused } from './rules/ref-unused.ts';
import { retryAmplification } from './rules/retry-amplification.ts';
import { routeAmbiguous } from './rules/route-ambiguous.ts';
import { routeEmptyMatch } from './rules/route-empty-match.ts';
import { routeNoDefault } from './rules/route-no-default.ts';
import { routeShadowed } from './rules/route-shadowed.ts';
import { runtimeNotEnforced } from './rules/runtime-not-enforced.ts';
import { secretInUrl } from './rules/secret-in-url.ts';
import { secretLiteral } from './rules/secret-literal.ts';
import { splitNoSticky } from './rules/split-no-sticky.ts';
import { splitWeightsSum } from './rules/split-weights-sum.ts';
import { timeoutExceedsDeadline } from './rules/timeout-exceeds-deadline.ts';
import { timeoutMissing } from './rules/timeout-missing.ts';

/** Every semantic rule, by id. Those about waivers are in `waivers.ts`, those of reading and linking in `builtin-findings.ts`. */
export const RULES: readonly Rule[] = Object.freeze([
  alertImpossible,
  alertSingleThreshold,
  budgetChildrenExceedParent,
  budgetNoAction,
  cacheRealtime,
  docMissingOwner,
  envSharedKey,
  fallbackExceedsHopLimit,
  fallbackMissingCapability,
  fallbackNone,
  fallbackSelf,
  keyAgeUnknown,
  keyNoExpiry,
  keyRotationOverdue,
  namingKebabCase,
  refUnused,
  retryAmplification,
  routeAmbiguous,
  routeEmptyMatch,
  routeNoDefault,
  routeShadowed,
  runtimeNotEnforced,
  secretInUrl,
  secretLiteral,
  splitNoSticky,
  splitWeightsSum,
  timeoutExceedsDeadline,
  timeoutMissing,
]);
