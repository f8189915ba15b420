import { compareText, fitsGlob, type Glob } from '#core';
import type { Budget, Consumer, FieldMatcher, Route, Snapshot } from '#snapshot';

/** Whom a document bears on. */
export interface Affected {
  readonly routes: readonly string[];
  readonly consumers: readonly string[];
  /** Whether these are all consumers there are. */
  readonly isEverybody: boolean;
}

const NOBODY: Affected = Object.freeze({ routes: [], consumers: [], isEverybody: false });

/** The routes that a document bears on and the consumers whose requests can meet it; nobody for documents that no request meets. Pure. */
export function affectedBy(snapshot: Snapshot, document: string): Affected {
  const slash = document.indexOf('/');
  const [kind, name] = [document.slice(0, slash), document.slice(slash + 1)];
  switch (kind) {
    case 'Project':
      return of(snapshot, [...snapshot.routes.values()], [...snapshot.consumers.values()]);
    case 'Consumer': {
      const own = [...snapshot.consumers.values()].filter((consumer) => isOrBelow(snapshot, consumer, name));
      return of(snapshot, [], own);
    }
    case 'Budget': {
      const budget = snapshot.budgets.get(name);
      return budget === undefined ? NOBODY : of(snapshot, [], consumersOfBudget(snapshot, budget));
    }
    default:
      return byRoutes(snapshot, routesUsing(snapshot, kind, name));
  }
}

function byRoutes(snapshot: Snapshot, routes: readonly Route[]): Affected {
  const consumers = [...snapshot.consumers.values()].filter((consumer) =>
    routes.some((route) => canMeet(consumer, route)),
  );
  return routes.length === 0 ? NOBODY : of(snapshot, routes, consumers);
}

function of(snapshot: Snapshot, routes: readonly Route[], consumers: readonly Consumer[]): Affected {
  const names = consumers.map(({ name }) => name).sort(compareText);
  return {
    routes: routes.map(({ name }) => name).sort(compareText),
    consumers: names,
    isEverybody: names.length === snapshot.consumers.size && names.length > 0,
  };
}

function routesUsing(snapshot: Snapshot, kind: string, name: string): readonly Route[] {
  const routes = [...snapshot.routes.values()];
  switch (kind) {
    case 'Route':
      return routes.filter((route) => route.name === name);
    case 'Cache':
      return routes.filter(({ cache }) => cache === name);
    case 'Guardrail':
      return routes.filter(({ guardrails }) => guardrails.includes(name));
    case 'Chain':
    case 'Model':
    case 'Provider':
      return routes
        .filter(({ chain }) => chain === null || reaches(snapshot, chain, kind, name))
        .filter(({ chain, deny }) => chain !== null || (kind !== 'Chain' && deny === null));
    default:
      return [];
  }
}

/** The compiler refuses cycles, so this ends. */
function reaches(snapshot: Snapshot, chain: string, kind: string, name: string): boolean {
  if (kind === 'Chain' && chain === name) return true;
  return (snapshot.chains.get(chain)?.targets ?? []).some(({ use }) => {
    if (use.kind === 'chain') return reaches(snapshot, use.chain, kind, name);
    if (use.kind === 'provider') return kind === 'Provider' && use.provider === name;
    return kind === 'Model' ? use.model === name : snapshot.models.get(use.model)?.provider === name;
  });
}

function consumersOfBudget(snapshot: Snapshot, { scope }: Budget): readonly Consumer[] {
  return [...snapshot.consumers.values()].filter((consumer) =>
    ancestry(snapshot, consumer).some((each) => fitsAny(scope.consumers, each.name) && fitsLabels(scope.labels, each)),
  );
}

function canMeet(consumer: Consumer, { name, match }: Route): boolean {
  return (
    fitsAny(match.consumers, consumer.name) &&
    fitsLabels(match.labels, consumer) &&
    fitsAny(consumer.allow.routes, name) &&
    !(consumer.deny.routes.length > 0 && fitsAny(consumer.deny.routes, name))
  );
}

function isOrBelow(snapshot: Snapshot, consumer: Consumer, name: string): boolean {
  return ancestry(snapshot, consumer).some((each) => each.name === name);
}

function ancestry(snapshot: Snapshot, consumer: Consumer): readonly Consumer[] {
  const parent = consumer.parent === null ? undefined : snapshot.consumers.get(consumer.parent);
  return parent === undefined ? [consumer] : [consumer, ...ancestry(snapshot, parent)];
}

function fitsAny(globs: readonly Glob[] | null, text: string): boolean {
  return globs === null || globs.some((glob) => fitsGlob(glob, text));
}

function fitsLabels(labels: readonly FieldMatcher[], consumer: Consumer): boolean {
  return labels.every(({ key, values }) => fitsAny(values, consumer.labels[key] ?? ''));
}
