import type { JsonObject, NeutralRequest, Tool, ToolChoice } from '#core';
import { compact } from '../compact.ts';
import { type ModelFamily, takesJsonSchema } from './model-family.ts';
import { plainJsonSchema, schemaSubset } from './schema-subset.ts';

/** `tools` and `toolConfig`; empty where the request has no tools. */
export interface WrittenTools {
  readonly tools?: readonly JsonObject[];
  readonly toolConfig?: JsonObject;
}

/** Writes all functions into one declaration list, and Gemini's own tools as they came. */
export function writeTools(request: NeutralRequest, family: ModelFamily, lost: Set<string>): WrittenTools {
  const declarations: JsonObject[] = [];
  const others: JsonObject[] = [];
  for (const [at, tool] of request.tools.entries()) {
    const path = `tools[${at}]`;
    if (tool.kind === 'function') declarations.push(writeFunction(tool, path, family, lost));
    else if (tool.dialect === 'gemini') others.push(tool.value as JsonObject);
    else lost.add(`${path} (${tool.type})`);
  }
  if (request.parallelToolCalls === false && declarations.length > 0) lost.add('parallel_tool_calls');
  const tools = [...(declarations.length > 0 ? [{ functionDeclarations: declarations }] : []), ...others];
  if (tools.length === 0) return {};
  const choice = declarations.length > 0 ? request.toolChoice : undefined;
  return compact<WrittenTools>({
    tools,
    toolConfig: choice === undefined ? undefined : { functionCallingConfig: writeChoice(choice) },
  });
}

function writeFunction(
  tool: Extract<Tool, { kind: 'function' }>,
  path: string,
  family: ModelFamily,
  lost: Set<string>,
): JsonObject {
  const { name, description, parameters } = tool;
  if (tool.strict === true) lost.add(`${path}.strict`);
  const head = { name, ...(description === undefined ? {} : { description }) };
  if (parameters === undefined) return head;
  if (takesJsonSchema(family)) return { ...head, parametersJsonSchema: plainJsonSchema(parameters) };
  const { schema, lost: keywords } = schemaSubset(parameters);
  for (const keyword of keywords) lost.add(`${path}.parameters.${keyword}`);
  // An OBJECT without properties is refused; leaving `parameters` out says the same.
  const isEmpty = Object.keys((schema.properties ?? {}) as JsonObject).length === 0;
  return isEmpty ? head : { ...head, parameters: schema };
}

function writeChoice(choice: ToolChoice): JsonObject {
  switch (choice.kind) {
    case 'auto':
      return { mode: 'AUTO' };
    case 'none':
      return { mode: 'NONE' };
    case 'required':
      return { mode: 'ANY' };
    case 'tool':
      return { mode: 'ANY', allowedFunctionNames: [choice.name] };
  }
}
