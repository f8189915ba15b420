import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { asArray, asObject, isObject, type JsonObject } from '#core';
import { findAnthropicFaults } from './anthropic-rules.ts';
import { findCohereFaults } from './cohere-rules.ts';
import type { WireDialect } from './exchanges.ts';
import { smithyDefs } from './smithy-schema.ts';

/** Checks against what providers publish; each returns the faults it found. */
export interface OfficialSchemas {
  readonly request: (dialect: WireDialect, body: JsonObject) => readonly string[];
  /** Whole answers, and single chunks of streams. */
  readonly answer: (dialect: WireDialect, body: JsonObject, isChunk: boolean) => readonly string[];
}

/**
 * Loads the published schemas: OpenAI's, and for Gemini one of 2024-10, which knows no thinking and thus checks only
 * what it knows. Bedrock's is its service model. Anthropic and Cohere publish none; their documented rules stand in anthropic-rules.ts and cohere-rules.ts.
 */
export function loadOfficialSchemas(folder: string): OfficialSchemas {
  const { chat: openai, responses } = compileOpenai(join(folder, 'openai/openapi.yaml.gz'));
  const gemini = compileGemini(join(folder, 'gemini/generativelanguage-openapi-20241016.json.gz'));
  const ollama = compileOllama(join(folder, 'ollama/openapi.yaml'));
  const bedrock = compileBedrock(join(folder, 'bedrock-runtime/service-2.json.gz'));
  return {
    request(dialect, body) {
      if (dialect === 'bedrock-converse') return run(bedrock.request, body);
      if (dialect === 'anthropic-messages') return findAnthropicFaults(body);
      if (dialect === 'cohere-chat') return findCohereFaults(body);
      if (dialect === 'ollama') return run(ollama.request, body);
      if (dialect === 'openai-responses') return responses.request(body);
      return dialect === 'openai-chat' ? openai.request(body) : run(gemini.request, { model: 'models/m', ...body });
    },
    answer(dialect, body, isChunk) {
      if (dialect === 'bedrock-converse') return run(isChunk ? bedrock.chunk : bedrock.answer, body);
      if (dialect === 'ollama') return run(isChunk ? ollama.chunk : ollama.answer, body);
      if (dialect === 'openai-responses') return isChunk ? responses.chunk(body) : run(responses.answer, body);
      if (dialect === 'openai-chat') return run(isChunk ? openai.chunk : openai.answer, body);
      return dialect === 'gemini' ? run(gemini.answer, body) : [];
    },
  };
}

/** The check of a request by a host's own OpenAPI document (gzipped YAML), by the name of its schema. */
export function loadRequestSchema(file: string, name: string): (body: JsonObject) => readonly string[] {
  const document = asObject(parse(gunzipSync(readFileSync(file)).toString(), { merge: true, uniqueKeys: false }));
  const validate = compile(asObject(asObject(document.components).schemas))(name);
  return (body) => run(validate, body);
}

function run(validate: ValidateFunction, body: JsonObject): readonly string[] {
  if (validate(body)) return [];
  return (validate.errors ?? []).slice(0, 3).map((error) => `${error.instancePath} ${error.message}`);
}

function compileOpenai(path: string) {
  if (!existsSync(path)) throw new Error(`${path} is missing: the shared data is incomplete`);
  const document = asObject(parse(gunzipSync(readFileSync(path)).toString(), { merge: true, uniqueKeys: false }));
  const components = relax(asObject(asObject(document.components).schemas));
  const of = compile(components);
  const requestOf = (name: string) => {
    const validate = of(name);
    const known = propertiesOf(name, components);
    return (body: JsonObject) => {
      const unknown = Object.keys(body).filter((key) => !known.has(key));
      return [...run(validate, body), ...unknown.map((key) => `/${key} is no parameter of the API`)];
    };
  };
  return {
    chat: {
      request: requestOf('CreateChatCompletionRequest'),
      answer: of('CreateChatCompletionResponse'),
      chunk: of('CreateChatCompletionStreamResponse'),
    },
    responses: { request: requestOf('CreateResponse'), answer: of('Response'), chunk: eventsOf(components, of) },
  };
}

/** The provider itself takes reasoning without an id, as its recorded calls show. */
function relax(components: JsonObject): JsonObject {
  return { ...components, ReasoningItem: { ...asObject(components.ReasoningItem), required: ['summary', 'type'] } };
}

/** Checks an event by its own schema, which says more than that none of sixty fits. */
function eventsOf(components: JsonObject, of: (name: string) => ValidateFunction) {
  const byType = new Map<unknown, ValidateFunction>();
  for (const { $ref } of asArray(asObject(components.ResponseStreamEvent).anyOf).map(asObject)) {
    const name = String($ref).slice('#/components/schemas/'.length);
    const type = asObject(asObject(asObject(components[name]).properties).type);
    byType.set(asArray(type.enum)[0] ?? type.const, of(name));
  }
  return (body: JsonObject): readonly string[] => {
    const validate = byType.get(body.type);
    return validate === undefined ? [`${body.type} is no event of the API`] : run(validate, body);
  };
}

function compileOllama(path: string) {
  const document = asObject(parse(readFileSync(path).toString()));
  const of = compile(asObject(asObject(document.components).schemas));
  return { request: of('ChatRequest'), answer: of('ChatResponse'), chunk: of('ChatStreamEvent') };
}

function compileBedrock(path: string) {
  const model = asObject(JSON.parse(gunzipSync(readFileSync(path)).toString()));
  const of = (name: string, isStrict: boolean) => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false, validateSchema: false });
    return ajv.compile({ $ref: `#/$defs/${name}`, $defs: untold(smithyDefs(model, isStrict)) });
  };
  return {
    request: of('ConverseRequest', true),
    answer: of('ConverseResponse', false),
    chunk: of('ConverseStreamOutput', false),
  };
}

/** The figures that another provider did not tell are left out, and not made up. */
function untold(defs: JsonObject): JsonObject {
  const without = (name: string) => {
    const shape = asObject(defs[name]);
    return { [name]: { ...shape, required: asArray(shape.required).filter((field) => field !== 'usage') } };
  };
  return { ...defs, ...without('ConverseResponse'), ...without('ConverseStreamMetadataEvent') };
}

function compileGemini(path: string) {
  const document = asObject(JSON.parse(gunzipSync(readFileSync(path)).toString()));
  const of = compile(asObject(asObject(document.components).schemas));
  return { request: of('GenerateContentRequest'), answer: of('GenerateContentResponse') };
}

function compile(components: JsonObject): (name: string) => ValidateFunction {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, validateSchema: false });
  ajv.addSchema({ $id: 'https://official.example/', $defs: toJsonSchema(components) });
  return (name) => ajv.compile({ $ref: `https://official.example/#/$defs/${name}` });
}

/** OpenAPI to JSON Schema: `nullable`, the place of components, and 64-bit integers, which JSON may carry as numbers. */
function toJsonSchema(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toJsonSchema);
  if (!isObject(value)) return value;
  const copy: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    if (key === 'discriminator' || key === '$recursiveAnchor' || key === 'example') continue;
    // Without their discriminator, alternatives overlap.
    copy[key === 'oneOf' ? 'anyOf' : key] =
      typeof item === 'string' && key === '$ref'
        ? item.replace('#/components/schemas/', '#/$defs/')
        : toJsonSchema(item);
  }
  if (copy.type === 'string' && copy.format === 'int64') copy.type = ['string', 'integer'];
  if (copy.type === 'string' && copy.format === 'byte') copy.format = undefined;
  const { nullable, ...schema } = copy;
  if (Array.isArray(schema.enum)) schema.enum = [...schema.enum, ...newerValues(schema.enum)];
  return nullable === true ? { anyOf: [schema, { type: 'null' }] } : schema;
}

/** Values that Google documents now and the schema of 2024 does not know: ai.google.dev/api, read 2026-11. */
function newerValues(values: readonly unknown[]): readonly string[] {
  if (values.includes('MALFORMED_FUNCTION_CALL')) return ['IMAGE_SAFETY', 'MODEL_ARMOR', 'UNEXPECTED_TOOL_CALL'];
  return values.includes('ANY') && values.includes('NONE') ? ['VALIDATED'] : [];
}

function propertiesOf(name: string, components: JsonObject): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (schema: JsonObject): void => {
    for (const key of Object.keys(asObject(schema.properties))) names.add(key);
    if (typeof schema.$ref === 'string') visit(asObject(components[schema.$ref.slice('#/components/schemas/'.length)]));
    for (const item of asArray(schema.allOf)) visit(asObject(item));
  };
  visit(asObject(components[name]));
  return names;
}
