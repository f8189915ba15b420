export type { Budget, LimitUnit } from './budget.ts';
export type { Cache, SemanticCheck, SemanticRule } from './cache.ts';
export type { Breaker, Chain, Retry, Target, TargetPolicy, Timeouts } from './chain.ts';
export type { Consumer, ConsumerKey } from './consumer.ts';
export type {
  AlertSpec,
  Breaker as BreakerSpec,
  BudgetSpec,
  CacheSpec,
  ChainSpec,
  ChainTarget as TargetSpec,
  ConsumerSpec,
  EnvironmentSpec,
  GuardrailSpec,
  InvariantSpec,
  Match as MatchSpec,
  ModelSpec,
  PriceRow as PriceSpec,
  ProjectSpec,
  ProviderQuirks as QuirksSpec,
  ProviderSpec,
  ReceiverSpec,
  ReportSpec,
  Retry as RetrySpec,
  RouteSpec,
  SecretRef as SecretRefSpec,
  SecretStore as SecretStoreSpec,
  TestCase,
  TestExpectation,
  TestRequest,
  TestSpec,
  TextOrSecret as TextOrSecretSpec,
  Timeouts as TimeoutsSpec,
  UpstreamOutcome,
  WaiverSpec,
} from './documents.gen.ts';
export type { Guardrail } from './guardrail.ts';
export type { Model, Price, PriceTier } from './model.ts';
export type { Predicate, PredicateInput } from './predicate.ts';
export type { Mail, Project } from './project.ts';
export type { PromptSource, PromptText, PromptTrim, PromptVariable, RenderedPrompt, RoutePrompt } from './prompt.ts';
export type { CloudAuth, Provider, Quirks, SecretRef } from './provider.ts';
export { type FieldMatcher, isLive, LIVE_TAGS, type Matcher, type Route } from './route.ts';
export type { IndexedField, RouteIndex } from './route-index.ts';
export type { SecretStore, StoreAuth } from './secret-store.ts';
export type { CarriedDocument, Origin, Snapshot } from './snapshot.ts';
