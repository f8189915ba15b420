import { asObject, asString, type JsonObject, omit } from '#core';
import alert from '../../schemas/alert.schema.json' with { type: 'json' };
import budget from '../../schemas/budget.schema.json' with { type: 'json' };
import cache from '../../schemas/cache.schema.json' with { type: 'json' };
import chain from '../../schemas/chain.schema.json' with { type: 'json' };
import consumer from '../../schemas/consumer.schema.json' with { type: 'json' };
import defs from '../../schemas/defs.schema.json' with { type: 'json' };
import drill from '../../schemas/drill.schema.json' with { type: 'json' };
import environment from '../../schemas/environment.schema.json' with { type: 'json' };
import guardrail from '../../schemas/guardrail.schema.json' with { type: 'json' };
import invariant from '../../schemas/invariant.schema.json' with { type: 'json' };
import mcpServer from '../../schemas/mcp-server.schema.json' with { type: 'json' };
import model from '../../schemas/model.schema.json' with { type: 'json' };
import project from '../../schemas/project.schema.json' with { type: 'json' };
import provider from '../../schemas/provider.schema.json' with { type: 'json' };
import receiver from '../../schemas/receiver.schema.json' with { type: 'json' };
import report from '../../schemas/report.schema.json' with { type: 'json' };
import route from '../../schemas/route.schema.json' with { type: 'json' };
import test from '../../schemas/test.schema.json' with { type: 'json' };
import waiver from '../../schemas/waiver.schema.json' with { type: 'json' };

/** The JSON Schema of every document kind, in the order of the contract. */
export const SCHEMAS: Readonly<Record<string, JsonObject>> = Object.freeze({
  Project: project,
  Environment: environment,
  Provider: provider,
  Model: model,
  Route: route,
  Chain: chain,
  Budget: budget,
  Cache: cache,
  Guardrail: guardrail,
  Consumer: consumer,
  Alert: alert,
  Receiver: receiver,
  Report: report,
  McpServer: mcpServer,
  Invariant: invariant,
  Waiver: waiver,
  Drill: drill,
  Test: test,
});

/** The forms that the kinds share; their `$ref` names this schema by its `$id`. */
export const SHARED_SCHEMA: JsonObject = defs;

/** The kinds of document there are, in the order of the contract. */
export const KINDS: readonly string[] = Object.freeze(Object.keys(SCHEMAS));

/** The schema at the end of a chain of `$ref`; its own keys win over those of what it refers to. Pure. */
export function resolveSchema(schema: unknown): JsonObject {
  const own = asObject(schema);
  const ref = asString(own.$ref);
  if (ref === undefined) return own;
  const [id, pointer = ''] = ref.split('#');
  let found: unknown = id === SHARED_SCHEMA.$id ? SHARED_SCHEMA : undefined;
  for (const step of pointer.split('/').slice(1)) found = asObject(found)[step];
  return { ...resolveSchema(found), ...omit(own, new Set(['$ref'])) };
}

/** The schemas of the fields of an object schema, by name in the schema's order. Pure. */
export function fieldSchemas(schema: unknown): JsonObject {
  return asObject(resolveSchema(schema).properties);
}
