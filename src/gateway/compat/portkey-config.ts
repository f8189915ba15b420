import { asNumber, asString, GatewayError, isObject, type JsonObject } from '#core';
import { type Condition, readCondition } from './portkey-condition.ts';

/** One node of a checked configuration. Settings of a parent hold for its targets where they say nothing of their own. */
export type PortkeyTarget =
  | { readonly kind: 'none' }
  | ({ readonly kind: 'provider' } & PortkeyCall)
  | {
      readonly kind: 'fallback';
      readonly name: string | null;
      readonly weight: number;
      /** Null: every status that is no success. */
      readonly onStatuses: readonly number[] | null;
      readonly targets: readonly PortkeyTarget[];
    }
  | {
      readonly kind: 'loadbalance';
      readonly name: string | null;
      readonly weight: number;
      readonly targets: readonly PortkeyTarget[];
    }
  | {
      readonly kind: 'conditional';
      readonly name: string | null;
      readonly weight: number;
      readonly conditions: readonly { readonly when: Condition; readonly target: string }[];
      readonly otherwise: string | null;
      readonly targets: readonly PortkeyTarget[];
    };

/** A call to one provider. `apiKey` is secret. */
export interface PortkeyCall {
  readonly name: string | null;
  readonly weight: number;
  /** Where it stands in the header, for messages, such as `targets[1]`. */
  readonly path: string;
  readonly provider: string;
  /** A name in the policies: then the provider's own key is used. */
  readonly isVirtual: boolean;
  readonly apiKey: string | null;
  readonly customHost: string | null;
  readonly overrideParams: JsonObject;
  readonly retry: PortkeyRetry | null;
  readonly timeoutMs: number | null;
  /** Lower-case names of the caller's headers that go to the provider. */
  readonly forwardHeaders: readonly string[];
}

/** How often a target is tried again. */
export interface PortkeyRetry {
  readonly attempts: number;
  readonly onStatuses: readonly number[];
  readonly useRetryAfter: boolean;
}

type Inherited = Pick<PortkeyCall, 'customHost' | 'overrideParams' | 'retry' | 'timeoutMs' | 'forwardHeaders'>;

const KEYS: ReadonlySet<string> = new Set([
  'strategy',
  'targets',
  'provider',
  'api_key',
  'virtual_key',
  'custom_host',
  'override_params',
  'weight',
  'retry',
  'cache',
  'request_timeout',
  'forward_headers',
  'name',
  'on_status_codes',
]);
const RETRY_KEYS: ReadonlySet<string> = new Set(['attempts', 'count', 'on_status_codes', 'use_retry_after_header']);
const STRATEGY_KEYS: ReadonlySet<string> = new Set(['mode', 'on_status_codes', 'conditions', 'default']);
// Portkey's own list.
const RETRY_STATUSES: readonly number[] = Object.freeze([429, 500, 502, 503, 504]);
const MAX_RETRIES = 10;
const MAX_TARGETS = 32;
const MAX_DEPTH = 5;
const NOTHING: Inherited = { customHost: null, overrideParams: {}, retry: null, timeoutMs: null, forwardHeaders: [] };

/** Checks a configuration strictly: an unknown key or a senseless value is a 400 `invalid_header` that names it. Pure. */
export function readPortkeyConfig(config: JsonObject, header: string): PortkeyTarget {
  return readTarget(config, { header, path: '', depth: 0 }, NOTHING);
}

interface Place {
  readonly header: string;
  /** Empty at the root. */
  readonly path: string;
  readonly depth: number;
}

function readTarget(node: JsonObject, at: Place, inherited: Inherited): PortkeyTarget {
  refuseUnknown(node, KEYS, at, '');
  const own = settings(node, at, inherited);
  const name = node.name === undefined ? null : (asString(node.name) ?? fail(at, 'name', 'a text'));
  const weight = weightOf(node, at);
  const strategy = node.strategy === undefined ? {} : objectAt(node.strategy, at, 'strategy');
  refuseUnknown(strategy, STRATEGY_KEYS, at, 'strategy.');
  if (node.targets !== undefined) return readGroup(node, strategy, at, own, { name, weight });
  if (strategy.mode !== undefined && strategy.mode !== 'single')
    fail(at, 'targets', 'a list, as strategy.mode asks for one');
  const provider = asString(node.provider) ?? asString(node.virtual_key);
  if (provider === undefined) return at.depth === 0 ? { kind: 'none' } : fail(at, 'provider', 'the name of a provider');
  const apiKey = node.api_key === undefined ? null : (asString(node.api_key) ?? fail(at, 'api_key', 'a text'));
  if (apiKey !== null && !/^[\x21-\x7e]+$/.test(apiKey)) fail(at, 'api_key', 'a key without white space');
  return {
    kind: 'provider',
    ...own,
    name,
    weight,
    path: at.path === '' ? at.header : `${at.header} ${at.path}`,
    provider: asString(node.virtual_key) ?? provider,
    isVirtual: node.virtual_key !== undefined,
    apiKey,
  };
}

function readGroup(
  node: JsonObject,
  strategy: JsonObject,
  at: Place,
  own: Inherited,
  base: { readonly name: string | null; readonly weight: number },
): PortkeyTarget {
  if (at.depth >= MAX_DEPTH) fail(at, 'targets', `at most ${MAX_DEPTH} levels`);
  const list = node.targets;
  if (!Array.isArray(list) || list.length === 0) return fail(at, 'targets', 'a list of targets');
  if (list.length > MAX_TARGETS) fail(at, 'targets', `at most ${MAX_TARGETS} targets`);
  const targets = list.map((item, index) => {
    const path = at.path === '' ? `targets[${index}]` : `${at.path}.targets[${index}]`;
    return readTarget(objectAt(item, at, `targets[${index}]`), { ...at, path, depth: at.depth + 1 }, own);
  });
  const statuses = strategy.on_status_codes ?? node.on_status_codes;
  switch (strategy.mode ?? (targets.length === 1 ? 'single' : 'fallback')) {
    case 'single':
      return { kind: 'fallback', ...base, onStatuses: [], targets: targets.slice(0, 1) };
    case 'fallback': {
      const onStatuses = statuses === undefined ? null : statusesAt(statuses, at, 'strategy.on_status_codes');
      return { kind: 'fallback', ...base, onStatuses, targets };
    }
    case 'loadbalance':
      if (targets.every((target) => target.kind === 'none' || target.weight === 0)) {
        fail(at, 'targets', 'at least one weight above 0');
      }
      return { kind: 'loadbalance', ...base, targets };
    case 'conditional':
      return { kind: 'conditional', ...base, ...readConditions(strategy, at), targets };
    default:
      return fail(at, 'strategy.mode', 'single, fallback, loadbalance or conditional');
  }
}

function readConditions(strategy: JsonObject, at: Place) {
  if (!Array.isArray(strategy.conditions)) fail(at, 'strategy.conditions', 'a list');
  const list = strategy.conditions as readonly unknown[];
  const conditions = list.map((item, index) => {
    const field = `strategy.conditions[${index}]`;
    const condition = objectAt(item, at, field);
    const target = asString(condition.then) ?? fail(at, `${field}.then`, 'the name of a target');
    const when = readCondition(condition.query);
    if (typeof when === 'string') return fail(at, `${field}.query`, when);
    return { when, target };
  });
  return { conditions, otherwise: asString(strategy.default) ?? null };
}

function settings(node: JsonObject, at: Place, inherited: Inherited): Inherited {
  const host = node.custom_host;
  const params = node.override_params;
  const timeout = node.request_timeout;
  return {
    customHost: host === undefined ? inherited.customHost : (asString(host) ?? fail(at, 'custom_host', 'a URL')),
    overrideParams:
      params === undefined
        ? inherited.overrideParams
        : { ...inherited.overrideParams, ...objectAt(params, at, 'override_params') },
    retry: node.retry === undefined ? inherited.retry : retryOf(objectAt(node.retry, at, 'retry'), at),
    timeoutMs: timeout === undefined ? inherited.timeoutMs : timeoutOf(timeout, at),
    forwardHeaders: node.forward_headers === undefined ? inherited.forwardHeaders : namesOf(node.forward_headers, at),
  };
}

function retryOf(node: JsonObject, at: Place): PortkeyRetry {
  refuseUnknown(node, RETRY_KEYS, at, 'retry.');
  const field = node.attempts === undefined ? 'count' : 'attempts';
  const attempts = node[field] === undefined ? 0 : asNumber(node[field]);
  if (attempts === undefined || !Number.isInteger(attempts) || attempts < 0 || attempts > MAX_RETRIES) {
    return fail(at, `retry.${field}`, `a whole number from 0 to ${MAX_RETRIES}`);
  }
  const statuses = node.on_status_codes;
  return {
    attempts,
    onStatuses: statuses === undefined ? RETRY_STATUSES : statusesAt(statuses, at, 'retry.on_status_codes'),
    useRetryAfter: node.use_retry_after_header === true,
  };
}

function weightOf(node: JsonObject, at: Place): number {
  if (node.weight === undefined) return 1;
  const weight = asNumber(node.weight);
  return weight === undefined || weight < 0 || weight > 1e6 ? fail(at, 'weight', 'a number from 0 up') : weight;
}

function timeoutOf(value: unknown, at: Place): number {
  const ms = asNumber(value);
  return ms === undefined || ms <= 0 || ms > 3_600_000 ? fail(at, 'request_timeout', 'milliseconds above 0') : ms;
}

function statusesAt(value: unknown, at: Place, field: string): readonly number[] {
  const isStatus = (code: unknown) => Number.isInteger(code) && Number(code) >= 300 && Number(code) <= 599;
  return Array.isArray(value) && value.every(isStatus)
    ? (value as number[])
    : fail(at, field, 'a list of HTTP statuses');
}

function namesOf(value: unknown, at: Place): readonly string[] {
  const isName = (name: unknown) => typeof name === 'string' && /^[\w-]+$/.test(name);
  if (!Array.isArray(value) || !value.every(isName)) return fail(at, 'forward_headers', 'a list of header names');
  return (value as string[]).map((name) => name.toLowerCase());
}

function objectAt(value: unknown, at: Place, field: string): JsonObject {
  return isObject(value) ? value : fail(at, field, 'an object');
}

function refuseUnknown(node: JsonObject, known: ReadonlySet<string>, at: Place, prefix: string): void {
  const unknown = Object.keys(node).filter((key) => !known.has(key));
  if (unknown.length === 0) return;
  const names = unknown.map((key) => `${at.path === '' ? '' : `${at.path}.`}${prefix}${key.slice(0, 64)}`).join(', ');
  const message = `${at.header}: unknown ${unknown.length === 1 ? 'key' : 'keys'} ${names}; known here: ${[...known].join(', ')}`;
  throw new GatewayError('invalid_header', message);
}

function fail(at: Place, field: string, expected: string): never {
  const path = at.path === '' ? field : `${at.path}.${field}`;
  throw new GatewayError('invalid_header', `${at.header}: ${path} is not ${expected}`);
}
