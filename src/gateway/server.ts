import Fastify, { type FastifyInstance } from 'fastify';
import { API_PATHS, BEDROCK_PREFIX, GEMINI_PREFIXES } from './api-paths.ts';
import { createDeadlines } from './body-deadlines.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { addApiPath, type Calls, callBedrock, callCustomPath, callGemini, OTHER_METHODS } from './inbound-calls.ts';
import { addOperations } from './operations/operations.ts';
import { acceptRealtime } from './realtime/accept-realtime.ts';
import { createRefusals } from './refuse-connection.ts';
import { rawRefusal, refuse, refuseMethod, tooManyHeaders, transportError } from './refuse-transport.ts';
import { checkEveryMs } from './transport-limits.ts';

/** Creates the HTTP server: paths to calls, and every refusal of the transport in the caller's dialect. Listens to nothing yet. */
export function createServer(parts: GatewayParts): FastifyInstance {
  const { limits } = parts;
  const { began, refuse: refuseConnection } = createRefusals((error, path) => rawRefusal(parts, error, path));
  const checkMs = checkEveryMs(limits);
  const deadlines = createDeadlines(limits.requestTimeoutMs, checkMs, () => performance.now());
  const calls: Calls = { parts, deadlines };
  const app = Fastify({
    logger: false,
    http: {
      maxHeaderSize: limits.maxHeaderBytes,
      headersTimeout: limits.headersTimeoutMs,
      connectionsCheckingInterval: checkMs,
    },
    // Bodies of calls have deadlines of their own, whose refusal is an ordinary answer; this one is behind them. Fastify's default is none at all.
    requestTimeout: limits.requestTimeoutMs + 2 * checkMs,
    clientErrorHandler: (error, socket) => refuseConnection(error, socket),
    // Ours says so in the caller's dialect.
    return503OnClosing: false,
    // Above the usual 60 s of load balancers, so that they close first and no request meets a closing connection.
    keepAliveTimeout: 72_000,
    routerOptions: { maxParamLength: 2048 },
    exposeHeadRoutes: false,
    frameworkErrors: (error, request, reply) => refuse(parts, request, reply, transportError(error)),
  });
  // One more than is taken: Node leaves out what is beyond, and a request must not be served without some of its headers.
  app.server.maxHeadersCount = limits.maxHeaders + 1;
  app.server.prependListener('request', (_request, reply) => began(reply));
  app.addHook('onRequest', (request, _reply, done) => done(tooManyHeaders(request, limits) ?? undefined));
  // No body is read here: a call receives its own once its caller is known, and parses it once.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));
  // Who asks whether to send its body is told by who reads it.
  app.server.on('checkContinue', (request, reply) => void app.server.emit('request', request, reply));
  app.addHook('onClose', async () => deadlines.close());
  app.setErrorHandler((error, request, reply) => refuse(parts, request, reply, transportError(error)));

  for (const path of API_PATHS) addApiPath(app, calls, path);
  for (const prefix of GEMINI_PREFIXES) {
    app.post(`${prefix}*`, (request, reply) => callGemini(calls, request, reply, prefix));
    app.route({
      method: ['PUT', 'PATCH', 'DELETE'],
      url: `${prefix}*`,
      handler: (request, reply) => refuseMethod(request, reply, 'GET, POST'),
    });
  }
  app.post(`${BEDROCK_PREFIX}*`, (request, reply) => callBedrock(calls, request, reply));
  app.route({
    method: [...OTHER_METHODS],
    url: `${BEDROCK_PREFIX}*`,
    handler: (request, reply) => refuseMethod(request, reply, 'POST'),
  });
  addOperations(app, parts);
  acceptRealtime(app.server, parts);
  app.setNotFoundHandler((request, reply) => callCustomPath(calls, request, reply));
  return app;
}
