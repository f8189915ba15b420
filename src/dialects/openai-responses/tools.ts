import { asObject, asString, invalidField, isObject, type JsonObject, type Tool, type ToolChoice } from '#core';
import { compact } from '../compact.ts';
import { readBoolean, readObject, readObjects, readString } from '../read-fields.ts';

/** Reads `tools`; those that the provider runs itself are known to this dialect only. */
export function readTools(body: JsonObject): Tool[] {
  return (readObjects(body, 'tools') ?? []).map((tool, at): Tool => {
    if (tool.type !== 'function') {
      return { kind: 'opaque', dialect: 'openai-responses', type: asString(tool.type) ?? 'unknown', value: tool };
    }
    const path = `tools[${at}]`;
    if (typeof tool.name !== 'string' || tool.name === '') throw invalidField(`${path}.name`, 'expected a name');
    return compact<Tool & { kind: 'function' }>({
      kind: 'function',
      name: tool.name,
      description: readString(tool, 'description', `${path}.description`),
      parameters: readObject(tool, 'parameters', `${path}.parameters`),
      strict: readBoolean(tool, 'strict', `${path}.strict`),
    });
  });
}

/** What `tool_choice` says: a choice, the names to which tools are narrowed, or a choice that only this API has. */
export interface ReadChoice {
  readonly choice?: ToolChoice;
  readonly allowed?: ReadonlySet<string>;
  readonly other?: unknown;
}

/** Reads `tool_choice`. */
export function readToolChoice(body: JsonObject): ReadChoice {
  const value = body.tool_choice ?? undefined;
  if (value === undefined) return {};
  if (typeof value === 'string') return { choice: readMode(value, 'tool_choice') };
  if (!isObject(value)) throw invalidField('tool_choice', 'expected a string or an object');
  if (value.type === 'allowed_tools') {
    const tools = readObjects(value, 'tools', 'tool_choice.tools') ?? [];
    const mode = readMode(asString(value.mode) ?? 'auto', 'tool_choice.mode');
    return { choice: mode, allowed: new Set(tools.flatMap((tool) => asString(tool.name) ?? [])) };
  }
  if (value.type !== 'function') return { other: value };
  if (typeof value.name !== 'string') throw invalidField('tool_choice.name', 'expected the name of a function');
  return { choice: { kind: 'tool', name: value.name } };
}

function readMode(mode: string, path: string): ToolChoice {
  if (mode === 'auto' || mode === 'none' || mode === 'required') return { kind: mode };
  throw invalidField(path, 'expected auto, none, required or an object that names a tool');
}

/** Writes `tools`; `strict` is a required field here, and a schema too. */
export function writeTools(tools: readonly Tool[], lost: string[]): JsonObject[] {
  return tools.flatMap((tool, at): JsonObject[] => {
    if (tool.kind === 'opaque') {
      if (tool.dialect === 'openai-responses') return [tool.value as JsonObject];
      lost.push(`tools[${at}] (${tool.type})`);
      return [];
    }
    const { name, description, strict = false } = tool;
    const parameters = tool.parameters ?? { type: 'object', properties: {} };
    return [compact({ type: 'function', name, description, parameters, strict })];
  });
}

/** Writes `tool_choice`. */
export function writeToolChoice(choice: ToolChoice | undefined): unknown {
  if (choice === undefined) return undefined;
  return choice.kind === 'tool' ? { type: 'function', name: choice.name } : choice.kind;
}

/** Names of the tools that the body narrows itself to. */
export function isAllowed(tool: Tool, { allowed }: ReadChoice): boolean {
  return allowed === undefined || tool.kind !== 'function' || allowed.has(tool.name);
}

/** Whether a body asks for anything of `text.format`. */
export function formatOf(body: JsonObject): JsonObject {
  return asObject(asObject(body.text).format);
}
