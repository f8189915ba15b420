import { asObject, asString, invalidField, isObject, type JsonObject, type Tool, type ToolCallPart } from '#core';
import { compact } from './compact.ts';
import { readBoolean, readObject, readObjects, readString } from './read-fields.ts';

/** Reads `tools` of the form `{type: function, function: {…}}`; any other kind is known to `dialect` only. Throws `invalid_request`. Pure. */
export function readFunctionTools(body: JsonObject, dialect: string): Tool[] {
  return (readObjects(body, 'tools') ?? []).map((tool, at): Tool => {
    const type = tool.type ?? 'function';
    if (type !== 'function') return { kind: 'opaque', dialect, type: asString(type) ?? 'unknown', value: tool };
    const path = `tools[${at}].function`;
    const entry = readObject(tool, 'function', path) ?? {};
    if (typeof entry.name !== 'string' || entry.name === '') throw invalidField(`${path}.name`, 'expected a name');
    return compact<Tool & { kind: 'function' }>({
      kind: 'function',
      name: entry.name,
      description: readString(entry, 'description', `${path}.description`),
      parameters: readObject(entry, 'parameters', `${path}.parameters`),
      strict: readBoolean(entry, 'strict', `${path}.strict`),
    });
  });
}

/** Writes tools in that form, always with a schema; those of other dialects are named in `lost`. Pure but for `lost`. */
export function writeFunctionTools(tools: readonly Tool[], dialect: string, lost: string[]): JsonObject[] {
  return tools.flatMap((tool, at): JsonObject[] => {
    if (tool.kind === 'opaque') {
      if (tool.dialect === dialect) return [tool.value as JsonObject];
      lost.push(`tools[${at}] (${tool.type})`);
      return [];
    }
    const { name, description, parameters = { type: 'object', properties: {} } } = tool;
    return [{ type: 'function', function: compact({ name, description, parameters }) }];
  });
}

/** Reads a call of an answer in that form, laxly: `at` stands in where the provider gives no id, and arguments may come as JSON text or as an object. Pure. */
export function readFunctionCall(call: JsonObject, at: number): ToolCallPart {
  const callee = asObject(call.function);
  const { arguments: args } = callee;
  return {
    kind: 'tool-call',
    id: asString(call.id) || `call_${at}`,
    name: asString(callee.name) ?? '',
    arguments: typeof args === 'string' ? args : isObject(args) ? JSON.stringify(args) : '',
  };
}
