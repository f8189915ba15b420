import type { JsonObject, NeutralRequest } from '#core';
import type { Chain, Snapshot } from '#snapshot';

/** Fields that change nothing about the answer, or only its transport: the whole ignore list. */
const IGNORED_EXTRA: ReadonlySet<string> = new Set(['metadata', 'store', 'user', 'stream', 'stream_options']);

/**
 * Headers that go on to a provider of the caller's own dialect and may change what it answers. `anthropic-version` is not among them: every client of
 * that dialect sends it, and it would keep the same question through two dialects apart.
 */
const ANSWERING_HEADERS: readonly string[] = Object.freeze(['anthropic-beta', 'openai-beta']);

/**
 * A request as it is compared: every field that goes on, whatever dialect it came in. A field that only its own dialect understands stands under that
 * dialect's name. An absent temperature is 1, as providers take it. Pure.
 */
export function forwardedForm(
  request: NeutralRequest,
  headers: Readonly<Record<string, string | undefined>>,
): JsonObject {
  const { dialect, stream: _stream, streamUsage: _usage, user: _user, extra, temperature, ...rest } = request;
  const own = Object.entries(extra).filter(([key]) => !IGNORED_EXTRA.has(rootOf(key)));
  const asked = ANSWERING_HEADERS.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]]));
  return {
    ...rest,
    temperature: temperature ?? 1,
    ...(own.length === 0 ? {} : { extra: { dialect, fields: Object.fromEntries(own) } }),
    ...(asked.length === 0 ? {} : { headers: Object.fromEntries(asked) }),
  };
}

/** `metadata.project` is a part of `metadata`. */
function rootOf(key: string): string {
  const dot = key.indexOf('.');
  return dot < 0 ? key : key.slice(0, dot);
}

/**
 * What the policies make of a request on its way: models and parameters of every target that may answer, in the order written. Which of them is asked
 * this time does not count, so that a weighted choice or an outage does not split a cache; an edit of the chain does. Pure.
 */
export function chainForm(snapshot: Pick<Snapshot, 'chains' | 'models'>, name: string | null): unknown {
  const chain = name === null ? undefined : snapshot.chains.get(name);
  return chain === undefined ? null : targetsOf(snapshot, chain, new Set());
}

function targetsOf(
  snapshot: Pick<Snapshot, 'chains' | 'models'>,
  chain: Chain,
  above: ReadonlySet<string>,
): readonly unknown[] {
  const seen = new Set([...above, chain.name]);
  return chain.targets.map(({ use, params }) => {
    if (use.kind === 'chain') {
      const inner = snapshot.chains.get(use.chain);
      return inner === undefined || seen.has(use.chain) ? use : [params, targetsOf(snapshot, inner, seen)];
    }
    const upstream = use.kind === 'model' ? snapshot.models.get(use.model)?.upstreamName : undefined;
    return [use, upstream ?? null, params];
  });
}
