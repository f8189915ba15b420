import { asString } from '#core';
import type { CarriedDocument, Snapshot } from '#snapshot';

/** A waiver of a gate that is in force. */
export interface GateWaiver {
  readonly name: string;
  /** The key in `Project.spec.gates`. */
  readonly rule: string;
  /** The route or team it covers; null for everything. */
  readonly scope: { readonly kind: 'route' | 'team'; readonly name: string } | null;
  readonly reason: string;
  readonly expires: string | null;
}

const PREFIX = /^(?:dry-run|gates?)\//;

/**
 * Waivers of the base that name a gate (`dry-run/newDenials`, or the bare key), give a reason and are not over on the day. `Project/…` covers everything, `Route/…`
 * its requests, `Consumer/…` those of its team. Pure.
 */
export function gateWaivers(snapshot: Snapshot, day: string): readonly GateWaiver[] {
  const waivers = snapshot.carried.filter(({ kind }) => kind === 'Waiver');
  return waivers.flatMap((document) => {
    const waiver = readWaiver(snapshot, document);
    return waiver === null || (waiver.expires !== null && waiver.expires <= day) ? [] : [waiver];
  });
}

/** The waiver of a gate as a whole; null without one. Pure. */
export function waiverFor(waivers: readonly GateWaiver[], rule: string): GateWaiver | null {
  return waivers.find((waiver) => waiver.rule === rule && waiver.scope === null) ?? null;
}

function readWaiver(snapshot: Snapshot, { name, spec }: CarriedDocument): GateWaiver | null {
  const rule = asString(spec.rule)?.replace(PREFIX, '');
  const subject = asString(spec.subject) ?? '';
  const reason = asString(spec.reason);
  if (rule === undefined || !Object.hasOwn(snapshot.project.gates, rule) || reason === undefined) return null;
  const slash = subject.indexOf('/');
  const scope = scopeOf(snapshot, subject.slice(0, slash), subject.slice(slash + 1));
  return scope === undefined
    ? null
    : { name, rule, scope, reason, expires: spec.expires == null ? null : String(spec.expires).slice(0, 10) };
}

function scopeOf(snapshot: Snapshot, kind: string, name: string): GateWaiver['scope'] | undefined {
  if (kind === 'Project') return null;
  if (kind === 'Route') return { kind: 'route', name };
  if (kind === 'Consumer') return { kind: 'team', name: snapshot.consumers.get(name)?.labels.team ?? name };
  return undefined;
}
