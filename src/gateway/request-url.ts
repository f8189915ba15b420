import type { FastifyRequest } from 'fastify';

/** Without query, and without the scheme and host that a request to a proxy has. */
export function pathOf({ raw }: FastifyRequest): string {
  const url = raw.url ?? '/';
  const end = url.indexOf('?');
  const path = end < 0 ? url : url.slice(0, end);
  return path.startsWith('/') ? path : path.replace(/^https?:\/\/[^/]*/i, '') || '/';
}

/** What stands behind the question mark; the first value of a name counts. Pure. */
export function queryOf({ raw }: FastifyRequest): URLSearchParams {
  const url = raw.url ?? '/';
  const start = url.indexOf('?');
  return new URLSearchParams(start < 0 ? '' : url.slice(start + 1));
}
