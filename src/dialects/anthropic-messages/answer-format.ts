import { asArray, type JsonObject, type ResponseFormat } from '#core';
import type { ClaudeTraits } from '../claude.ts';
import { isThinking } from '../claude-thinking.ts';
import { structuredSchema } from './structured-schema.ts';

/** The tool through which models without structured outputs give a JSON answer; readers turn its call back into text. */
export const ANSWER_TOOL = 'signalbox_json_answer';

/**
 * Adds a JSON answer format to a body, the strictest way that the model and the schema allow:
 *
 * 1. `output_config.format` where the generation has structured outputs and the schema fits their subset;
 * 2. else one forced tool whose input is the schema, as sent; a caller's own tools stay callable beside it;
 * 3. else (JSON mode without a schema, thinking on, no forced tools, a root that is no object) an instruction.
 *
 * JSON mode is an instruction because an open schema makes models answer `{}`. Pure.
 */
export function withAnswerFormat(
  body: JsonObject,
  format: ResponseFormat | undefined,
  traits: ClaudeTraits,
  capabilities: ReadonlySet<string> | null,
): JsonObject {
  if (format === undefined || format.kind === 'text') return body;
  if (format.kind === 'json-object') return withInstruction(body, JSON_MODE);
  const isStructured = (traits.structured ?? true) && (capabilities?.has('json-schema') ?? traits.structured === true);
  const schema = isStructured ? structuredSchema(format.schema) : null;
  if (schema !== null) {
    const config = body.output_config as JsonObject | undefined;
    return { ...body, output_config: { ...config, format: { type: 'json_schema', schema } } };
  }
  if (canForce(body, format.schema, traits)) return withAnswerTool(body, format);
  return withInstruction(body, `${JSON_MODE} It is valid by this JSON Schema: ${JSON.stringify(format.schema)}`);
}

const JSON_MODE =
  'Your whole answer is one JSON object, from its first brace to its last: no words before or after it, no code fence.';

function canForce(body: JsonObject, schema: JsonObject, traits: ClaudeTraits): boolean {
  const choice = body.tool_choice as JsonObject | undefined;
  // A caller who forces a tool of their own gets that call; with `none` their tools must stay uncalled.
  const isFree = choice === undefined || choice.type === 'auto' || choice.type === 'any';
  return traits.forcedTools && !isThinking(body) && schema.type === 'object' && isFree;
}

function withAnswerTool(body: JsonObject, format: ResponseFormat & { readonly kind: 'json-schema' }): JsonObject {
  const own = asArray(body.tools);
  const tool = {
    name: ANSWER_TOOL,
    description: format.description ?? 'Gives the final answer. Call it once, with the whole answer.',
    input_schema: format.schema,
  };
  const choice = own.length === 0 ? { type: 'tool', name: ANSWER_TOOL } : { type: 'any' };
  return { ...body, tools: [...own, tool], tool_choice: { ...choice, disable_parallel_tool_use: true } };
}

function withInstruction(body: JsonObject, text: string): JsonObject {
  const { system } = body;
  if (system === undefined) return { ...body, system: text };
  if (typeof system === 'string') return { ...body, system: `${system}\n\n${text}` };
  return { ...body, system: [...asArray(system), { type: 'text', text }] };
}
