import type { FastifyInstance, FastifyRequest } from 'fastify';
import { GatewayError } from '#core';
import { mayUseModel, requestedModel } from '#decision';
import { dialectOf } from '#dialects';
import type { Consumer, Model } from '#snapshot';
import type { ActivePolicies } from '../active-policies.ts';
import { modelListDialect } from '../api-paths.ts';
import { addressOfCaller } from '../caller-address.ts';
import type { GatewayParts } from '../gateway-parts.ts';
import { checkSignature, identify } from '../identify.ts';
import type { InboundCall, RequestHeaders } from '../inbound-call.ts';
import { noteStranger, strangerRefusal } from '../refuse-strangers.ts';

/**
 * Adds the lists of models, only those that the consumer may use. Three APIs have theirs at the same path, so the shape is told by the headers that
 * their clients always send.
 */
export function addModels(app: FastifyInstance, parts: GatewayParts): void {
  for (const path of ['/v1/models', '/v1beta/models']) {
    app.get(path, (request, reply) => reply.send(SHAPES[shapeOf(request)].list(modelsFor(parts, request))));
    app.get(`${path}/*`, (request, reply) => {
      return reply.send(SHAPES[shapeOf(request)].one(modelFor(parts, request, `${path}/`)));
    });
  }
}

const SHAPES = {
  'openai-chat': {
    one: openAiModel,
    list: (models: readonly Model[]) => ({ object: 'list', data: models.map(openAiModel) }),
  },
  'anthropic-messages': { one: anthropicModel, list: anthropicList },
  gemini: { one: geminiModel, list: (models: readonly Model[]) => ({ models: models.map(geminiModel) }) },
} as const;

function shapeOf({ raw, headers }: FastifyRequest): keyof typeof SHAPES {
  return modelListDialect(raw.url ?? '', headers as RequestHeaders);
}

function modelsFor(parts: GatewayParts, request: FastifyRequest): readonly Model[] {
  return modelsOf(parts, callerOf(parts, request));
}

function callerOf(parts: GatewayParts, request: FastifyRequest): Consumer {
  const call = callOf(parts, request);
  const consumer = consumerOf(parts, parts.policies.current(), call);
  checkSignature(consumer, call, parts.secrets.resolve);
  return consumer;
}

function modelsOf(parts: GatewayParts, consumer: Consumer): readonly Model[] {
  return [...parts.policies.current().snapshot.models.values()].filter((model) =>
    mayUseModel(consumer, { asSent: model.name, resolved: model.name, model }),
  );
}

function consumerOf(parts: GatewayParts, active: ActivePolicies, call: InboundCall): Consumer {
  const stranger = strangerRefusal(parts, active, call);
  if (stranger !== null) throw stranger;
  try {
    return identify(active, call).consumer;
  } catch (error) {
    noteStranger(parts, call.ip, error);
    throw error;
  }
}

function modelFor(parts: GatewayParts, request: FastifyRequest, prefix: string): Model {
  const path = (request.raw.url ?? '').split('?')[0] ?? '';
  const name = decodeURIComponent(path.slice(prefix.length));
  const consumer = callerOf(parts, request);
  const wanted = requestedModel(parts.policies.current().snapshot, { model: name, consumer: consumer.name });
  const found = modelsOf(parts, consumer).find((model) => model === wanted);
  if (found === undefined) {
    const hint = 'GET /v1/models lists those that this key may use.';
    throw new GatewayError('not_found', `there is no model ${name} for this consumer`, { hint });
  }
  return found;
}

function callOf(parts: GatewayParts, request: FastifyRequest) {
  const dialect = dialectOf('openai-chat');
  if (dialect === null) throw new Error('no dialect is registered');
  const query = new URLSearchParams((request.raw.url ?? '').split('?')[1] ?? '');
  return {
    id: '',
    startedMs: parts.nowMs(),
    dialect,
    context: { endpoint: 'chat', pathModel: null, pathStream: null },
    path: request.raw.url ?? '',
    headers: request.headers as RequestHeaders,
    queryKey: query.get('key'),
    framing: 'sse',
    bytes: Buffer.alloc(0),
    source: null,
    form: null,
    ip: addressOfCaller(request.raw, parts.policies.current().trustedProxies),
  } as const;
}

function openAiModel(model: Model) {
  return { id: model.name, object: 'model', created: 0, owned_by: model.provider };
}

function anthropicModel(model: Model) {
  return { type: 'model', id: model.name, display_name: model.name, created_at: '1970-01-01T00:00:00Z' };
}

function anthropicList(models: readonly Model[]) {
  const data = models.map(anthropicModel);
  return { data, has_more: false, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null };
}

function geminiModel(model: Model) {
  return {
    name: `models/${model.name}`,
    displayName: model.name,
    ...(model.contextWindow === null ? {} : { inputTokenLimit: model.contextWindow }),
    ...(model.maxOutput === null ? {} : { outputTokenLimit: model.maxOutput }),
    supportedGenerationMethods: ['generateContent', 'streamGenerateContent'],
  };
}
