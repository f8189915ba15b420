import { USAGE_GROUPS } from '#state';

/** The OpenAPI document of the operations and the admin API. Pure. */
export function openApiDocument(version: string) {
  const json = (description: string, schema: object) => ({
    description,
    content: { 'application/json': { schema } },
  });
  const any = { type: 'object', additionalProperties: true };
  const closed = {
    '401': json('The admin token is wrong.', any),
    '403': json('No admin token is set, and the call is not from loopback in development.', any),
  };
  const query = (name: string, description: string, schema: object) => ({ name, in: 'query', description, schema });
  const usageParameters = [
    query('from', 'A date, or an instant with its zone; the first of the month by default.', { type: 'string' }),
    query('to', 'Up to, and without, this date or instant; now by default.', { type: 'string' }),
    query('by', 'What to group by.', { enum: USAGE_GROUPS, default: 'consumer' }),
    query('top', 'How many of the largest requests to name.', {
      type: 'integer',
      minimum: 0,
      maximum: 1000,
      default: 10,
    }),
  ];
  const diagnostics = { type: 'array', items: { $ref: '#/components/schemas/Diagnostic' } };
  return {
    openapi: '3.1.0',
    info: { title: 'Signalbox administration', version },
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: {
        Diagnostic: {
          type: 'object',
          required: ['rule', 'severity', 'file', 'line', 'column', 'message'],
          properties: {
            rule: { type: 'string' },
            severity: { enum: ['error', 'warn', 'info'] },
            file: { type: 'string' },
            line: { type: 'integer' },
            column: { type: 'integer' },
            message: { type: 'string' },
            hint: { type: ['string', 'null'] },
          },
        },
        Readiness: {
          type: 'object',
          required: ['revision', 'status', 'rejected'],
          properties: {
            revision: { type: 'string', description: 'The first 12 hex digits of the digest in service.' },
            status: { enum: ['ready', 'degraded', 'draining', 'stale'] },
            rejected: {
              type: ['object', 'null'],
              properties: { at: { type: 'string', format: 'date-time' }, diagnostics },
            },
          },
        },
        Activation: {
          type: 'object',
          required: ['revision', 'digest', 'accepted', 'changed', 'diagnostics'],
          properties: {
            revision: { type: 'string' },
            digest: { type: 'string', description: 'The digest in service after the try.' },
            attempted: {
              type: ['string', 'null'],
              description: 'The digest that was tried; null when it does not compile.',
            },
            accepted: { type: 'boolean' },
            changed: { type: 'boolean' },
            at: { type: 'string', format: 'date-time' },
            trigger: { type: 'string' },
            compileMs: { type: 'number' },
            diagnostics,
          },
        },
      },
    },
    paths: {
      '/healthz': { get: { summary: 'The process lives.', responses: { '200': json('It does.', any) } } },
      '/readyz': {
        get: {
          summary: 'A revision is in service.',
          responses: {
            '200': json('Ready, or degraded: an older revision serves.', { $ref: '#/components/schemas/Readiness' }),
            '503': json('Draining or stale.', { $ref: '#/components/schemas/Readiness' }),
          },
        },
      },
      '/metrics': {
        get: { summary: 'Metrics in the Prometheus format.', responses: { '200': { description: 'Text.' } } },
      },
      '/admin/status': {
        get: {
          summary: 'Revision, findings, targets and counters of this process.',
          security: [{ token: [] }],
          responses: { '200': json('The status.', any), ...closed },
        },
      },
      '/admin/reload': {
        post: {
          summary: 'Reads the policies again and waits for the verdict.',
          security: [{ token: [] }],
          responses: {
            '200': json('They serve.', { $ref: '#/components/schemas/Activation' }),
            '422': json('They are refused; the old revision serves on.', { $ref: '#/components/schemas/Activation' }),
            ...closed,
          },
        },
      },
      '/admin/policies': {
        get: {
          summary:
            'The policy files in service, packed, with their environment and digest: what `signalbox diff URL` reads.',
          security: [{ token: [] }],
          responses: { '200': json('The files.', any), ...closed },
        },
      },
      '/admin/explain': {
        post: {
          summary: 'Explains one request against the policies and counters as they are now.',
          security: [{ token: [] }],
          requestBody: json('A request as in test files, or {request, whyNot}.', any),
          responses: {
            '200': json('As `signalbox explain --format json`.', any),
            '400': json('Not a request.', any),
            ...closed,
          },
        },
      },
      '/admin/records': {
        get: {
          summary: 'The latest decision records, newest first.',
          security: [{ token: [] }],
          parameters: [
            { name: 'limit', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 1000, default: 100 } },
          ],
          responses: { '200': json('The records.', any), ...closed },
        },
      },
      '/admin/records/{id}': {
        get: {
          summary: 'One decision record.',
          security: [{ token: [] }],
          parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
          responses: { '200': json('The record.', any), '404': json('There is none.', any), ...closed },
        },
      },
      '/admin/usage': {
        get: {
          summary: 'The usage ledger: totals, groups, the largest requests, forecasts of budgets.',
          security: [{ token: [] }],
          parameters: usageParameters,
          responses: {
            '200': json('As `signalbox usage --format json`.', any),
            '400': json('Not a date, a group or a number.', any),
            ...closed,
          },
        },
      },
      '/admin/budgets': {
        get: {
          summary: 'Every budget counter in its current window: limit, spent, held, share, alerts, forecast.',
          security: [{ token: [] }],
          responses: { '200': json('The counters.', any), '503': json('The store cannot be read.', any), ...closed },
        },
      },
      '/admin/cache': {
        get: {
          summary: 'How many answers are kept, and in what store.',
          security: [{ token: [] }],
          responses: { '200': json('The size.', any), ...closed },
        },
      },
      '/admin/cache/purge': {
        post: {
          summary: 'Throws kept answers away: all that every given field fits.',
          security: [{ token: [] }],
          requestBody: json('`{cache, route, consumer, tag, key}`, at least one of them, or `{all: true}`.', any),
          responses: {
            '200': json('`{purged}`: how many.', any),
            '400': json('Nothing was named, or something that is not known.', any),
            ...closed,
          },
        },
      },
      '/admin/alerts': {
        get: {
          summary:
            'Every alert of the environment: state, reading, causes, who was told; silences; messages on their way.',
          security: [{ token: [] }],
          responses: { '200': json('The alerts.', any), ...closed },
        },
      },
      '/admin/alerts/test': {
        post: {
          summary: 'Sends the receivers of an alert a notice that says it is a test.',
          security: [{ token: [] }],
          requestBody: json('`{alert}`: its name.', any),
          responses: {
            '200': json('What was sent, and what waits.', any),
            '400': json('No such alert.', any),
            ...closed,
          },
        },
      },
      '/admin/silences': {
        post: {
          summary: 'Nobody is told of alerts that fit, for a while.',
          security: [{ token: [] }],
          requestBody: json('`{alert, for|until, reason, by}`; `alert` may hold `*`.', any),
          responses: {
            '200': json('The silence, with its id.', any),
            '400': json('Something is missing.', any),
            ...closed,
          },
        },
      },
      '/admin/silences/{id}': {
        delete: {
          summary: 'Ends a silence.',
          security: [{ token: [] }],
          parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
          responses: { '200': json('The silence that was.', any), '404': json('There is none.', any), ...closed },
        },
      },
      '/admin/openapi.json': {
        get: {
          summary: 'This document.',
          security: [{ token: [] }],
          responses: { '200': json('The document.', any), ...closed },
        },
      },
    },
  };
}
