import { asString, GatewayError, type JsonObject } from '#core';
import type { PurgeQuery } from '#state';
import type { GatewayParts } from '../gateway-parts.ts';

const FIELDS = ['cache', 'route', 'consumer', 'tag', 'key'] as const;
const KNOWN: ReadonlySet<string> = new Set([...FIELDS, 'all']);

/** What `POST /admin/cache/purge` answers: how many answers were thrown away. A body that names nothing must say `all`. Rejects with 400 `invalid_request`. */
export async function purgeCache(
  { cache, log }: GatewayParts,
  input: JsonObject,
): Promise<{ readonly purged: number }> {
  const query = readQuery(input);
  const purged = await cache.answers.purge(query);
  log.info({ ...query, purged }, 'answers of the cache were thrown away');
  return { purged };
}

/** How many answers are kept, and in what. */
export async function cacheReport({ cache }: GatewayParts) {
  const { answers } = cache;
  return { store: answers.kind, ...(await answers.size()) };
}

function readQuery(input: JsonObject): PurgeQuery {
  for (const field of Object.keys(input)) {
    if (!KNOWN.has(field)) throw invalid(field, `${field} is not one of ${[...KNOWN].join(', ')}`);
  }
  const query: Partial<Record<(typeof FIELDS)[number], string>> = {};
  for (const field of FIELDS) {
    if (input[field] === undefined || input[field] === null) continue;
    const value = asString(input[field]);
    if (value === undefined || value === '') throw invalid(field, `${field} is not a text`);
    query[field] = value;
  }
  if (query.key !== undefined && !/^[0-9a-f]{12,64}$/.test(query.key)) {
    throw invalid('key', 'key is not 12 to 64 lower-case hex digits, as in x-signalbox-cache-key');
  }
  const isAll = input.all === true;
  if (Object.keys(query).length === 0 && !isAll) {
    throw invalid('all', 'name cache, route, consumer, tag or key, or say all: true');
  }
  if (isAll && Object.keys(query).length > 0) throw invalid('all', 'all stands alone');
  return query;
}

function invalid(field: string, message: string): GatewayError {
  return new GatewayError('invalid_request', message, { field });
}
