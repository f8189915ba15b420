import { canonicalJson, formatDuration, formatMoney } from '#core';
import type { Snapshot } from '#snapshot';

/** What a document compiled to, as plain data with durations and money in words; null for kinds that no request meets. Pure. */
export function compiledForm(snapshot: Snapshot, document: string): unknown {
  const slash = document.indexOf('/');
  const [kind, name] = [document.slice(0, slash), document.slice(slash + 1)];
  const held: Readonly<Record<string, ReadonlyMap<string, unknown>>> = {
    Provider: snapshot.providers,
    Model: snapshot.models,
    Route: snapshot.routes,
    Chain: snapshot.chains,
    Consumer: snapshot.consumers,
    Budget: snapshot.budgets,
    Cache: snapshot.caches,
    Guardrail: snapshot.guardrails,
  };
  if (kind === 'Project') return plain(snapshot.project);
  if (kind === 'Consumer') {
    const keys = [...snapshot.keys].filter(([, { consumer }]) => consumer === name);
    return plain({ ...(held.Consumer?.get(name) as object | undefined), keys: new Map(keys) });
  }
  return plain(held[kind]?.get(name) ?? null);
}

/** Tells whether two documents compiled to the same. Pure. */
export function compilesAlike(base: Snapshot, head: Snapshot, document: string): boolean {
  const [was, is] = [compiledForm(base, document), compiledForm(head, document)];
  return was !== null && canonicalJson(was) === canonicalJson(is);
}

function plain(value: unknown, key = ''): unknown {
  if (value instanceof Set) return [...value].map((item) => plain(item)).sort();
  if (value instanceof Map) return Object.fromEntries([...value].map(([name, item]) => [String(name), plain(item)]));
  if (Array.isArray(value)) return value.map((item) => plain(item));
  if (typeof value === 'number' && key.endsWith('Ms')) return formatDuration(value);
  if (typeof value === 'number' && key.endsWith('MicroUsd')) return formatMoney(value);
  if (typeof value !== 'object' || value === null) return value;
  // Compiled patterns and conditions are their source; what they were compiled to is code.
  const { source } = value as { readonly source?: unknown };
  if (typeof source === 'string' && ('evaluate' in value || 'literal' in value)) return source;
  const entries = Object.entries(value).filter(([, item]) => typeof item !== 'function');
  return Object.fromEntries(entries.map(([name, item]) => [name, plain(item, name)]));
}
