import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { asObject, parseJson } from '#core';
import { maskText } from '#telemetry';
import { addressOfCaller } from '../caller-address.ts';
import type { GatewayParts } from '../gateway-parts.ts';
import { bearerToken } from './admin-access.ts';

/** One act as it is written down. */
export interface AuditEntry {
  readonly at: string;
  /** With what it was let in: the admin token, or by calling from this machine in development. Null where it was not. */
  readonly by: 'token' | 'loopback' | null;
  readonly ip: string | null;
  readonly method: string;
  /** The pattern of the path; null where there is none. */
  readonly path: string | null;
  /** Identifiers within the path. */
  readonly ids: Readonly<Record<string, string>>;
  /** Fields of the body that name what was acted on, and why; masked. */
  readonly what: Readonly<Record<string, string>>;
  readonly status: number;
  readonly code: string | null;
}

/** Fields that name things. Everything else, such as a request to be explained, may hold anything and is left out. */
const TOLD: readonly string[] = Object.freeze([
  ...['alert', 'for', 'until', 'reason', 'by', 'cache', 'route', 'consumer', 'tag', 'key', 'all', 'questions'],
]);
const MAX_TEXT = 200;
/** Looked at all the time, and changes nothing. */
const QUIET: ReadonlySet<string> = new Set(['status', 'alerts', 'budgets', 'usage', 'cache', 'openapi.json']);

/**
 * Writes every act on the admin API down, refusals included, as one line of JSON in `audit-YYYY-MM.ndjson` of the data folder, which only its owner can read; and as a line of
 * the log. Readings of figures are left out, readings of records and policies are not. No line holds a token, a key or a prompt. Effects: the file.
 */
export function addAudit(admin: FastifyInstance, parts: GatewayParts): void {
  let writing: Promise<void> = Promise.resolve();
  admin.addHook('onResponse', (request, reply, done) => {
    const entry = entryOf(parts, request, reply.raw.statusCode, codeOf(reply.raw.getHeader('x-signalbox-error')));
    if (isTold(entry)) {
      parts.log.info({ audit: entry }, 'the admin API was used');
      const file = join(parts.dataDir, `audit-${entry.at.slice(0, 7)}.ndjson`);
      writing = writing
        .then(() => appendFile(file, `${JSON.stringify(entry)}\n`, { mode: 0o600 }))
        .catch((error: unknown) =>
          parts.log.error({ err: error }, 'an act on the admin API could not be written down'),
        );
    }
    done();
  });
  admin.addHook('onClose', () => writing);
}

function isTold({ method, path, status }: AuditEntry): boolean {
  return method !== 'GET' || status >= 400 || !QUIET.has(path?.slice('/admin/'.length) ?? '');
}

function entryOf(parts: GatewayParts, request: FastifyRequest, status: number, code: string | null): AuditEntry {
  const isLetIn = status !== 401 && status !== 403 && status !== 429;
  return {
    at: new Date(parts.nowMs()).toISOString(),
    by: isLetIn ? (parts.adminToken !== null && bearerToken(request) !== undefined ? 'token' : 'loopback') : null,
    ip: addressOfCaller(request.raw, parts.policies.current().trustedProxies),
    method: request.method,
    path: request.routeOptions.url ?? null,
    ids: told(asObject(request.params), Object.keys(asObject(request.params))),
    what: isLetIn && Buffer.isBuffer(request.body) ? told(readFields(request.body), TOLD) : {},
    status,
    code,
  };
}

function readFields(body: Buffer): Readonly<Record<string, unknown>> {
  return asObject(parseJson(body.toString('utf8')));
}

function told(fields: Readonly<Record<string, unknown>>, names: readonly string[]): Readonly<Record<string, string>> {
  const texts: Record<string, string> = {};
  for (const name of names) {
    const value = fields[name];
    if (typeof value === 'string' || typeof value === 'boolean')
      texts[name] = maskText(String(value).slice(0, MAX_TEXT));
  }
  return texts;
}

function codeOf(header: number | string | readonly string[] | undefined): string | null {
  return typeof header === 'string' ? header : null;
}
