import type { RequestFacts } from '#decision';
import type { TrafficRecord } from '#decision-log';
import type { FieldMatcher, Snapshot } from '#snapshot';
import { judgeRequest } from './decide-record.ts';
import type { ReplayInput } from './recorded-input.ts';
import type { Side } from './side.ts';

type RecordedRequest = TrafficRecord['request'];

/** Another value for a field that a record does not hold: when it leads elsewhere, the field was needed. */
const OTHERWISE: readonly (readonly [keyof RecordedRequest, Partial<RequestFacts>])[] = [
  ['inputTokens', { inputTokens: 10_000_000 }],
  ['stream', { stream: true }],
  ['tools', { toolCount: 1 }],
  ['images', { images: 1 }],
  ['audio', { audio: 1 }],
  ['documents', { documents: 1 }],
  ['responseFormat', { responseFormat: 'json-schema' }],
  ['reasoning', { hasReasoning: true }],
];

/** Groups of free fields that routes may match. */
const GROUPS = ['labels', 'metadata', 'headers'] as const;

/**
 * Fields that a record lacks and that could lead one of the sides elsewhere, such as `request.consumer`; empty for what can be decided. Names of headers that only
 * the head reads were not recorded under the base, so their absence says nothing. Pure.
 */
export function unknownFields(input: ReplayInput, base: Side, head: Side): readonly string[] {
  const { record } = input;
  const found = new Set<string>();
  if (record.request.consumer === undefined) found.add('request.consumer');
  if (record.request.model === undefined && record.request.endpoint !== 'mcp') found.add('request.model');
  for (const { snapshot } of [base, head]) {
    for (const field of needed(snapshot, input)) found.add(field);
  }
  for (const key of newHeaders(base.snapshot, head.snapshot)) {
    const isKnown = record.request.headers !== undefined && Object.hasOwn(record.request.headers, key);
    if (!isKnown && couldMatch(head.snapshot, input, 'headers', new Set([key]))) found.add(`request.headers.${key}`);
  }
  return [...found].sort();
}

function* needed(snapshot: Snapshot, input: ReplayInput): Generator<string> {
  const { record } = input;
  const request = input.request();
  const facts = { ...input.facts(), counters: {} };
  const verdict = judgeRequest(snapshot, request, facts);
  for (const [field, fields] of OTHERWISE) {
    if (record.request[field] !== undefined) continue;
    const other = judgeRequest(snapshot, { ...request, ...fields }, facts);
    if (other.signature !== verdict.signature) yield `request.${field}`;
  }
  for (const group of GROUPS) {
    if (record.request[group] === undefined && couldMatch(snapshot, input, group, null)) yield `request.${group}`;
  }
  if (record.facts?.latencies === undefined && (verdict.plan?.targets.length ?? 0) > 1) {
    const chain = snapshot.chains.get(verdict.plan?.chain ?? '');
    if (chain?.strategy === 'latency') yield 'facts.latencies';
    if (chain?.strategy === 'least-busy' && record.facts?.inFlight === undefined) yield 'facts.inFlight';
  }
}

/** Whether some value of the group's keys would lead to another verdict. */
function couldMatch(
  snapshot: Snapshot,
  input: ReplayInput,
  group: (typeof GROUPS)[number],
  keys: ReadonlySet<string> | null,
): boolean {
  const request = input.request();
  const facts = { ...input.facts(), counters: {} };
  const { signature } = judgeRequest(snapshot, request, facts);
  for (const route of snapshot.routes.values()) {
    const matchers = route.match[group].filter(({ key }) => keys === null || keys.has(key));
    if (matchers.length === 0) continue;
    const guess = { ...request[group], ...Object.fromEntries(matchers.map(sampleOf)) };
    if (judgeRequest(snapshot, { ...request, [group]: guess }, facts).signature !== signature) return true;
  }
  return false;
}

function sampleOf({ key, values }: FieldMatcher): readonly [string, string] {
  return [key, values[0]?.source.replaceAll('*', '') ?? ''];
}

function newHeaders(base: Snapshot, head: Snapshot): readonly string[] {
  const known = headerNames(base);
  return [...headerNames(head)].filter((name) => !known.has(name));
}

function headerNames({ routes }: Snapshot): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { match } of routes.values()) for (const { key } of match.headers) names.add(key);
  return names;
}
