import type { FastifyInstance, FastifyRequest } from 'fastify';
import { GatewayError, type JsonObject } from '#core';
import { explain } from '#decision';
import { packTree } from '#policy';
import type { GatewayParts } from '../gateway-parts.ts';
import { askToContinue } from '../inbound-body.ts';
import { readBody } from '../read-body.ts';
import { readFacts } from '../read-facts.ts';
import { routeCall } from '../route-call.ts';
import { checkAdmin } from './admin-access.ts';
import { addSilence, alertsReport, endSilence, testAlert } from './admin-alerts.ts';
import { addAudit } from './admin-audit.ts';
import { budgetsReport } from './admin-budgets.ts';
import { cacheReport, purgeCache } from './admin-cache.ts';
import { reportAttempt, statusReport } from './admin-status.ts';
import { usageReport } from './admin-usage.ts';
import { explainedRequest } from './explained-request.ts';
import { openApiDocument } from './open-api.ts';
import { PAGE_HEADERS } from './page-headers.ts';

const MAX_RECORDS = 1000;
const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** Adds the admin API. Every path asks for the token before it does anything. */
export function addAdmin(app: FastifyInstance, parts: GatewayParts): void {
  app.register(
    async (admin) => {
      addAudit(admin, parts);
      admin.addHook('onRequest', async (request, reply) => {
        // Set on the answer itself: a refusal is written past the framework.
        for (const [name, value] of Object.entries(PAGE_HEADERS)) reply.raw.setHeader(name, value);
        checkAdmin(parts, request);
      });
      admin.addHook('preParsing', (request, reply, _payload, done) => {
        askToContinue(request.raw, reply.raw);
        done();
      });
      // Only what is sent by an administrator is read, and not much of it.
      admin.removeAllContentTypeParsers();
      admin.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES }, (_request, body, done) =>
        done(null, body),
      );
      admin.get('/status', () => statusReport(parts));
      admin.post('/reload', async (_request, reply) => {
        const attempt = await parts.policies.reload('admin');
        const { revision, digest } = parts.policies.current().snapshot;
        // 422: the request was understood, the policies are what cannot be processed.
        return reply.code(attempt.accepted ? 200 : 422).send({ revision, digest, ...reportAttempt(attempt) });
      });
      admin.post('/explain', (request) => explainOver(parts, request));
      admin.get('/records', async (request) => {
        const { limit = '100' } = request.query as { readonly limit?: string };
        return { records: await recordsOf(parts).latest(recordLimit(limit)) };
      });
      admin.get('/records/:id', async (request) => {
        const { id } = request.params as { readonly id: string };
        const record = await recordsOf(parts).find(id);
        if (record === null) throw new GatewayError('not_found', `there is no record ${id}`);
        return record;
      });
      admin.get('/policies', () => {
        const { snapshot } = parts.policies.current();
        const { environment, revision, digest } = snapshot;
        return { environment, revision, digest, version: parts.version, tree: packTree(parts.policies.sources()) };
      });
      admin.get('/usage', (request) => usageReport(parts, request.query));
      admin.get('/budgets', () => budgetsReport(parts));
      admin.get('/cache', () => cacheReport(parts));
      admin.post('/cache/purge', ({ body }) =>
        purgeCache(parts, readBody(Buffer.isBuffer(body) ? body : Buffer.alloc(0))),
      );
      admin.get('/alerts', () => alertsReport(parts));
      admin.post('/alerts/test', ({ body }) => testAlert(parts, bodyOf(body)));
      admin.post('/silences', ({ body }) => addSilence(parts, bodyOf(body)));
      admin.delete('/silences/:id', ({ params }) => endSilence(parts, String((params as { readonly id?: string }).id)));
      admin.get('/openapi.json', () => openApiDocument(parts.version));
    },
    { prefix: '/admin' },
  );
}

function bodyOf(body: unknown): JsonObject {
  return readBody(Buffer.isBuffer(body) ? body : Buffer.alloc(0));
}

async function explainOver(parts: GatewayParts, { body }: FastifyRequest) {
  const active = parts.policies.current();
  const input = readBody(Buffer.isBuffer(body) ? body : Buffer.alloc(0));
  const { request, whyNot } = explainedRequest(input, active.snapshot);
  const nowMs = parts.nowMs();
  const facts = await factsFor(parts, request, nowMs);
  return explain(active.snapshot, request, facts, whyNot === null ? {} : { whyNot });
}

/** What the store knows now; nothing where no route fits. */
async function factsFor(parts: GatewayParts, request: ReturnType<typeof explainedRequest>['request'], nowMs: number) {
  const active = parts.policies.current();
  let needs: Parameters<typeof readFacts>[2] = { targets: [], counters: [] };
  try {
    needs = routeCall(active.snapshot, request, null, nowMs).needs;
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
  }
  return readFacts(parts, active, needs, nowMs);
}

function recordsOf({ records }: GatewayParts): NonNullable<GatewayParts['records']> {
  if (records === null) throw new GatewayError('not_found', 'this process keeps no decision records');
  return records;
}

function recordLimit(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit > 0 && limit <= MAX_RECORDS) return limit;
  throw new GatewayError('invalid_request', `limit is not a whole number from 1 to ${MAX_RECORDS}`, { field: 'limit' });
}
