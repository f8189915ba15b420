import { asObject, type JsonObject, type Span } from '#core';
import type { EffectiveDocument, Path } from '#policy';
import type {
  AlertSpec,
  BudgetSpec,
  CacheSpec,
  ChainSpec,
  ConsumerSpec,
  GuardrailSpec,
  InvariantSpec,
  ModelSpec,
  ProjectSpec,
  ProviderSpec,
  ReceiverSpec,
  ReportSpec,
  RouteSpec,
  WaiverSpec,
} from '#snapshot';

/** The specs that rules read, by kind. */
export interface Specs {
  readonly Project: ProjectSpec;
  readonly Provider: ProviderSpec;
  readonly Model: ModelSpec;
  readonly Route: RouteSpec;
  readonly Chain: ChainSpec;
  readonly Budget: BudgetSpec;
  readonly Cache: CacheSpec;
  readonly Guardrail: GuardrailSpec;
  readonly Consumer: ConsumerSpec;
  readonly Alert: AlertSpec;
  readonly Receiver: ReceiverSpec;
  readonly Report: ReportSpec;
  readonly Invariant: InvariantSpec;
  readonly Waiver: WaiverSpec;
}

/** One effective document as a rule sees it. */
export interface Item<Spec> {
  readonly name: string;
  /** `Kind/name`. */
  readonly key: string;
  readonly spec: Spec;
  readonly metadata: JsonObject;
  /** Written in the tree, or changed by it; false for a built-in document as it came. */
  readonly isOwn: boolean;
  /** Span of the value at a path from `spec`. */
  readonly at: (...path: Path) => Span;
  /** Span of the key at a path from `spec`. */
  readonly atKey: (...path: Path) => Span;
  /** Span of `metadata.name`: where what a document lacks is reported. */
  readonly atName: () => Span;
}

/** The kind in `Kind/name`. Pure. */
export function kindOf(key: string): string {
  return key.slice(0, key.indexOf('/'));
}

/** Wraps a document for the rules. Pure. */
export function itemOf(document: EffectiveDocument): Item<JsonObject> {
  const { kind, name, value, valueSpan, keySpan } = document;
  const spec = asObject(value.spec);
  return {
    name,
    key: `${kind}/${name}`,
    spec,
    metadata: asObject(value.metadata),
    isOwn: document.from === 'file' || document.overlays.length > 0,
    at: (...path) => valueSpan(['spec', ...path]),
    atKey: (...path) => keySpan(['spec', ...path]),
    atName: () => valueSpan(['metadata', 'name']),
  };
}
