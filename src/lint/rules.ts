import type { Rule } from './rule.ts';
import { alertImpossible } from './rules/alert-impossible.ts';
import { alertSingleThreshold } from './rules/alert-single-threshold.ts';
import { budgetChildrenExceedParent } from './rules/budget-children-exceed-parent.ts';
import { budgetNoAction } from './rules/budget-no-action.ts';
import { budgetUnboundedConsumer } from './rules/budget-unbounded-consumer.ts';
import { cacheRealtime } from './rules/cache-realtime.ts';
import { cacheThresholdLow } from './rules/cache-threshold-low.ts';
import { cacheTtlTooLong } from './rules/cache-ttl-too-long.ts';
import { docMissingOwner } from './rules/doc-missing-owner.ts';
import { envSharedKey } from './rules/env-shared-key.ts';
import { fallbackContextShrinks } from './rules/fallback-context-shrinks.ts';
import { fallbackCostJump } from './rules/fallback-cost-jump.ts';
import { fallbackDataPolicy } from './rules/fallback-data-policy.ts';
import { fallbackExceedsHopLimit } from './rules/fallback-exceeds-hop-limit.ts';
import { fallbackMissingCapability } from './rules/fallback-missing-capability.ts';
import { fallbackNone } from './rules/fallback-none.ts';
import { fallbackRegionViolation } from './rules/fallback-region-violation.ts';
import { fallbackSameProvider } from './rules/fallback-same-provider.ts';
import { fallbackSelf } from './rules/fallback-self.ts';
import { fallbackTierDowngrade } from './rules/fallback-tier-downgrade.ts';
import { fallbackTriggerGap } from './rules/fallback-trigger-gap.ts';
import { keyAgeUnknown } from './rules/key-age-unknown.ts';
import { keyNoExpiry } from './rules/key-no-expiry.ts';
import { keyRotationOverdue } from './rules/key-rotation-overdue.ts';
import { limitsMaxOutputMissing } from './rules/limits-max-output-missing.ts';
import { loggingContentOn } from './rules/logging-content-on.ts';
import { modelDeprecated } from './rules/model-deprecated.ts';
import { modelPriceMissing } from './rules/model-price-missing.ts';
import { namingKebabCase } from './rules/naming-kebab-case.ts';
import { priceStale } from './rules/price-stale.ts';
import { refUnused } from './rules/ref-unused.ts';
import { retryAmplification } from './rules/retry-amplification.ts';
import { retryIgnoresRetryAfter } from './rules/retry-ignores-retry-after.ts';
import { retryNoBackoff } from './rules/retry-no-backoff.ts';
import { retryNoJitter } from './rules/retry-no-jitter.ts';
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
import { timeoutTtftMissing } from './rules/timeout-ttft-missing.ts';

/** Every semantic rule, by id. Those about waivers are in `waivers.ts`, those of reading and linking in `builtin-findings.ts`. */
export const RULES: readonly Rule[] = Object.freeze([
  alertImpossible,
  alertSingleThreshold,
  budgetChildrenExceedParent,
  budgetNoAction,
  budgetUnboundedConsumer,
  cacheRealtime,
  cacheThresholdLow,
  cacheTtlTooLong,
  docMissingOwner,
  envSharedKey,
  fallbackContextShrinks,
  fallbackCostJump,
  fallbackDataPolicy,
  fallbackExceedsHopLimit,
  fallbackMissingCapability,
  fallbackNone,
  fallbackRegionViolation,
  fallbackSameProvider,
  fallbackSelf,
  fallbackTierDowngrade,
  fallbackTriggerGap,
  keyAgeUnknown,
  keyNoExpiry,
  keyRotationOverdue,
  limitsMaxOutputMissing,
  loggingContentOn,
  modelDeprecated,
  modelPriceMissing,
  namingKebabCase,
  priceStale,
  refUnused,
  retryAmplification,
  retryIgnoresRetryAfter,
  retryNoBackoff,
  retryNoJitter,
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
  timeoutTtftMissing,
]);
