import type { Rule } from './rule.ts';
import { alertDuplicate } from './rules/alert-duplicate.ts';
import { alertFlapping } from './rules/alert-flapping.ts';
import { alertImpossible } from './rules/alert-impossible.ts';
import { alertNeverFired } from './rules/alert-never-fired.ts';
import { alertNoOwner } from './rules/alert-no-owner.ts';
import { alertNoReceiver } from './rules/alert-no-receiver.ts';
import { alertSingleThreshold } from './rules/alert-single-threshold.ts';
import { aliasShadowed } from './rules/alias-shadowed.ts';
import { budgetChildrenExceedParent } from './rules/budget-children-exceed-parent.ts';
import { budgetFallbackBypass } from './rules/budget-fallback-bypass.ts';
import { budgetHardStopCritical } from './rules/budget-hard-stop-critical.ts';
import { budgetNoAction } from './rules/budget-no-action.ts';
import { budgetNoForecastAlert } from './rules/budget-no-forecast-alert.ts';
import { budgetOversubscribed } from './rules/budget-oversubscribed.ts';
import { budgetTooTight } from './rules/budget-too-tight.ts';
import { budgetUnboundedConsumer } from './rules/budget-unbounded-consumer.ts';
import { budgetUnreachable } from './rules/budget-unreachable.ts';
import { budgetWindowMismatch } from './rules/budget-window-mismatch.ts';
import { cacheAuthzOmitted } from './rules/cache-authz-omitted.ts';
import { cacheCrossTenant } from './rules/cache-cross-tenant.ts';
import { cacheNondeterministic } from './rules/cache-nondeterministic.ts';
import { cacheRealtime } from './rules/cache-realtime.ts';
import { cacheThresholdLow } from './rules/cache-threshold-low.ts';
import { cacheTtlTooLong } from './rules/cache-ttl-too-long.ts';
import { cacheTtlTooShort } from './rules/cache-ttl-too-short.ts';
import { consumerChainNarrowed } from './rules/consumer-chain-narrowed.ts';
import { consumerWildcardModels } from './rules/consumer-wildcard-models.ts';
import { docMissingDescription } from './rules/doc-missing-description.ts';
import { docMissingOwner } from './rules/doc-missing-owner.ts';
import { envMissingInProd } from './rules/env-missing-in-prod.ts';
import { envNoOpOverride } from './rules/env-no-op-override.ts';
import { envProdOnlyField } from './rules/env-prod-only-field.ts';
import { envSharedConsumerKey } from './rules/env-shared-consumer-key.ts';
import { envSharedKey } from './rules/env-shared-key.ts';
import { fallbackContextShrinks } from './rules/fallback-context-shrinks.ts';
import { fallbackCostJump } from './rules/fallback-cost-jump.ts';
import { fallbackDataPolicy } from './rules/fallback-data-policy.ts';
import { fallbackExceedsHopLimit } from './rules/fallback-exceeds-hop-limit.ts';
import { fallbackMissingCapability } from './rules/fallback-missing-capability.ts';
import { fallbackNone } from './rules/fallback-none.ts';
import { fallbackOverflowToSmaller } from './rules/fallback-overflow-to-smaller.ts';
import { fallbackRegionViolation } from './rules/fallback-region-violation.ts';
import { fallbackSameProvider } from './rules/fallback-same-provider.ts';
import { fallbackSelf } from './rules/fallback-self.ts';
import { fallbackTierDowngrade } from './rules/fallback-tier-downgrade.ts';
import { fallbackTriggerGap } from './rules/fallback-trigger-gap.ts';
import { fallbackUntestedHop } from './rules/fallback-untested-hop.ts';
import { invariantViolated } from './rules/invariant-violated.ts';
import { keyAgeUnknown } from './rules/key-age-unknown.ts';
import { keyNoExpiry } from './rules/key-no-expiry.ts';
import { keyRotationOverdue } from './rules/key-rotation-overdue.ts';
import { limitsMaxOutputMissing } from './rules/limits-max-output-missing.ts';
import { limitsPerRequestCost } from './rules/limits-per-request-cost.ts';
import { loggingContentOn } from './rules/logging-content-on.ts';
import { modelDeprecated } from './rules/model-deprecated.ts';
import { modelFloatingAlias } from './rules/model-floating-alias.ts';
import { modelPriceMissing } from './rules/model-price-missing.ts';
import { namingKebabCase } from './rules/naming-kebab-case.ts';
import { priceStale } from './rules/price-stale.ts';
import { projectUnknownRuleset } from './rules/project-unknown-ruleset.ts';
import { promptFreeVariable } from './rules/prompt-free-variable.ts';
import { promptTrimBeyondWindow } from './rules/prompt-trim-beyond-window.ts';
import { promptUnusedVariable } from './rules/prompt-unused-variable.ts';
import { refUnused } from './rules/ref-unused.ts';
import { retryAmplification } from './rules/retry-amplification.ts';
import { retryIgnoresRetryAfter } from './rules/retry-ignores-retry-after.ts';
import { retryNoBackoff } from './rules/retry-no-backoff.ts';
import { retryNoJitter } from './rules/retry-no-jitter.ts';
import { routeAmbiguous } from './rules/route-ambiguous.ts';
import { routeCatchAllExpensive } from './rules/route-catch-all-expensive.ts';
import { routeCouldMerge } from './rules/route-could-merge.ts';
import { routeEmptyMatch } from './rules/route-empty-match.ts';
import { routeNoDefault } from './rules/route-no-default.ts';
import { routeShadowed } from './rules/route-shadowed.ts';
import { routeUnused } from './rules/route-unused.ts';
import { runtimeNotEnforced } from './rules/runtime-not-enforced.ts';
import { secretInUrl } from './rules/secret-in-url.ts';
import { secretLiteral } from './rules/secret-literal.ts';
import { secretRotationOverdue } from './rules/secret-rotation-overdue.ts';
import { secretStorePlainHttp } from './rules/secret-store-plain-http.ts';
import { secretStoreRefresh } from './rules/secret-store-refresh.ts';
import { secretStoreUnused } from './rules/secret-store-unused.ts';
import { splitCanaryForgotten } from './rules/split-canary-forgotten.ts';
import { splitNoSticky } from './rules/split-no-sticky.ts';
import { splitWeightsSum } from './rules/split-weights-sum.ts';
import { testVacuous } from './rules/test-vacuous.ts';
import { timeoutExceedsDeadline } from './rules/timeout-exceeds-deadline.ts';
import { timeoutMissing } from './rules/timeout-missing.ts';
import { timeoutTtftMissing } from './rules/timeout-ttft-missing.ts';
import { yamlAmbiguousScalar } from './rules/yaml-ambiguous-scalar.ts';
import { yamlAnchorUse } from './rules/yaml-anchor-use.ts';
import { yamlMultiDocFile } from './rules/yaml-multi-doc-file.ts';

/** Every semantic rule, by id. Those about waivers are in `waivers.ts`, those of reading and linking in `builtin-findings.ts`. */
export const RULES: readonly Rule[] = Object.freeze([
  alertDuplicate,
  alertFlapping,
  alertImpossible,
  alertNeverFired,
  alertNoOwner,
  alertNoReceiver,
  alertSingleThreshold,
  aliasShadowed,
  budgetChildrenExceedParent,
  budgetFallbackBypass,
  budgetHardStopCritical,
  budgetNoAction,
  budgetNoForecastAlert,
  budgetOversubscribed,
  budgetTooTight,
  budgetUnboundedConsumer,
  budgetUnreachable,
  budgetWindowMismatch,
  cacheAuthzOmitted,
  cacheCrossTenant,
  cacheNondeterministic,
  cacheRealtime,
  cacheThresholdLow,
  cacheTtlTooLong,
  cacheTtlTooShort,
  consumerChainNarrowed,
  consumerWildcardModels,
  docMissingDescription,
  docMissingOwner,
  envMissingInProd,
  envNoOpOverride,
  envProdOnlyField,
  envSharedConsumerKey,
  envSharedKey,
  fallbackContextShrinks,
  fallbackCostJump,
  fallbackDataPolicy,
  fallbackExceedsHopLimit,
  fallbackMissingCapability,
  fallbackNone,
  fallbackOverflowToSmaller,
  fallbackRegionViolation,
  fallbackSameProvider,
  fallbackSelf,
  fallbackTierDowngrade,
  fallbackTriggerGap,
  fallbackUntestedHop,
  invariantViolated,
  keyAgeUnknown,
  keyNoExpiry,
  keyRotationOverdue,
  limitsMaxOutputMissing,
  limitsPerRequestCost,
  loggingContentOn,
  modelDeprecated,
  modelFloatingAlias,
  modelPriceMissing,
  namingKebabCase,
  priceStale,
  projectUnknownRuleset,
  promptFreeVariable,
  promptTrimBeyondWindow,
  promptUnusedVariable,
  refUnused,
  retryAmplification,
  retryIgnoresRetryAfter,
  retryNoBackoff,
  retryNoJitter,
  routeAmbiguous,
  routeCatchAllExpensive,
  routeCouldMerge,
  routeEmptyMatch,
  routeNoDefault,
  routeShadowed,
  routeUnused,
  runtimeNotEnforced,
  secretInUrl,
  secretLiteral,
  secretRotationOverdue,
  secretStorePlainHttp,
  secretStoreRefresh,
  secretStoreUnused,
  splitCanaryForgotten,
  splitNoSticky,
  splitWeightsSum,
  testVacuous,
  timeoutExceedsDeadline,
  timeoutMissing,
  timeoutTtftMissing,
  yamlAmbiguousScalar,
  yamlAnchorUse,
  yamlMultiDocFile,
]);
