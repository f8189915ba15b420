import { invalidField, type JsonObject, omit, type Tool, type ToolChoice } from '#core';
import { compact } from '../compact.ts';
import { objectAt, objectsAt, stringAt, stringsAt } from './fields.ts';
import { toJsonSchema } from './json-schema.ts';
import { bothSpellings, camelCase } from './spelling.ts';

type FunctionTool = Extract<Tool, { kind: 'function' }>;

/** What a request says about tools. */
export interface ReadTools {
  readonly tools: readonly Tool[];
  readonly toolChoice?: ToolChoice;
  /** What of `toolConfig` has no neutral form. */
  readonly restOfConfig: JsonObject;
}

/**
 * Reads `tools` and `toolConfig`. One name under `allowedFunctionNames` is a forced tool; of several, the other functions
 * are left out, which comes to the same. VALIDATED counts as auto and stays in the rest. Throws `invalid_request`. Pure.
 */
export function readTools(body: JsonObject): ReadTools {
  const tools = (objectsAt(body, 'tools', '') ?? []).flatMap((tool, at) => readTool(tool, `tools[${at}]`));
  const config = objectAt(body, 'toolConfig', '') ?? {};
  const calling = objectAt(config, 'functionCallingConfig', 'toolConfig') ?? {};
  const path = 'toolConfig.functionCallingConfig';
  const mode = readMode(stringAt(calling, 'mode', path), path);
  const allowed = stringsAt(calling, 'allowedFunctionNames', path) ?? [];
  const rest = omit(config, bothSpellings(['functionCallingConfig']));
  const restOfCalling = omit(calling, bothSpellings(['mode', 'allowedFunctionNames']));
  if (mode === 'VALIDATED') restOfCalling.mode = mode;
  if (Object.keys(restOfCalling).length > 0) rest.functionCallingConfig = restOfCalling;
  return compact<ReadTools>({
    tools: allowed.length < 2 ? tools : tools.filter((tool) => tool.kind !== 'function' || allowed.includes(tool.name)),
    toolChoice: choiceOf(mode, allowed),
    restOfConfig: rest,
  });
}

const MODES = new Set(['AUTO', 'ANY', 'NONE', 'VALIDATED', 'MODE_UNSPECIFIED']);

function readMode(value: string | undefined, path: string): string | undefined {
  const mode = value?.toUpperCase();
  if (mode !== undefined && !MODES.has(mode))
    throw invalidField(`${path}.mode`, 'expected AUTO, ANY, NONE or VALIDATED');
  return mode;
}

function choiceOf(mode: string | undefined, allowed: readonly string[]): ToolChoice | undefined {
  if (mode === 'NONE') return { kind: 'none' };
  if (mode === 'ANY') {
    const [name] = allowed;
    return allowed.length === 1 && name !== undefined ? { kind: 'tool', name } : { kind: 'required' };
  }
  return mode === 'AUTO' || mode === 'VALIDATED' ? { kind: 'auto' } : undefined;
}

function readTool(tool: JsonObject, path: string): readonly Tool[] {
  const functions = (objectsAt(tool, 'functionDeclarations', path) ?? []).map((declaration, at) =>
    readFunction(declaration, `${path}.functionDeclarations[${at}]`),
  );
  const others = Object.entries(omit(tool, bothSpellings(['functionDeclarations'])))
    .filter(([, value]) => value !== null)
    .map(
      ([key, value]): Tool => ({ kind: 'opaque', dialect: 'gemini', type: camelCase(key), value: { [key]: value } }),
    );
  return [...functions, ...others];
}

function readFunction(declaration: JsonObject, path: string): FunctionTool {
  const name = stringAt(declaration, 'name', path);
  if (!name) throw invalidField(`${path}.name`, 'expected the name of a function');
  const schema = objectAt(declaration, 'parameters', path);
  return compact<FunctionTool>({
    kind: 'function',
    name,
    description: stringAt(declaration, 'description', path),
    parameters:
      objectAt(declaration, 'parametersJsonSchema', path) ?? (schema === undefined ? undefined : toJsonSchema(schema)),
  });
}
