import { asArray, asObject, asString, type JsonObject, type NeutralRequest, type Tool } from '#core';
import { compact } from '../compact.ts';
import { cachePoint } from './write-parts.ts';

/** What the model takes on a tool. */
export interface ToolAbilities {
  readonly beStrict: boolean;
  /** Amazon's own models take cache points in instructions and turns alone. */
  readonly beCached: boolean;
}

/**
 * Writes `toolConfig`; undefined where the request has no tools. The API has no `none`: the tools are left out then, unless
 * the turns hold calls, which it refuses without tools. For such turns alone each tool is declared by its name.
 */
export function writeToolConfig(
  request: NeutralRequest,
  turns: readonly JsonObject[],
  can: ToolAbilities,
  lost: string[],
): JsonObject | undefined {
  const used = usedTools(turns);
  const { toolChoice } = request;
  const isOff = toolChoice?.kind === 'none';
  if (isOff && used.size === 0) return undefined;
  const tools = request.tools.flatMap((tool, at) => writeTool(tool, `tools[${at}]`, can, lost));
  if (tools.length === 0) {
    if (toolChoice?.kind === 'required' || toolChoice?.kind === 'tool') lost.push('tool_choice');
    if (used.size === 0) return undefined;
    return { tools: [...used].map((name) => ({ toolSpec: { name, inputSchema: { json: { type: 'object' } } } })) };
  }
  if (isOff) lost.push('tool_choice');
  return compact<JsonObject>({ tools, toolChoice: writeChoice(toolChoice) });
}

function writeChoice(choice: NeutralRequest['toolChoice']): JsonObject | undefined {
  switch (choice?.kind) {
    case 'auto':
      return { auto: {} };
    case 'required':
      return { any: {} };
    case 'tool':
      return { tool: { name: choice.name } };
    default:
      return undefined;
  }
}

function writeTool(tool: Tool, path: string, can: ToolAbilities, lost: string[]): JsonObject[] {
  if (tool.kind === 'opaque') {
    if (tool.dialect === 'bedrock-converse') return [tool.value as JsonObject];
    lost.push(`${path} (${tool.type})`);
    return [];
  }
  const schema = tool.parameters ?? { properties: {} };
  if (tool.strict === true && !can.beStrict) lost.push(`${path}.strict`);
  const toolSpec = compact<JsonObject>({
    name: tool.name,
    description: tool.description === '' ? undefined : tool.description,
    inputSchema: { json: 'type' in schema ? schema : { type: 'object', ...schema } },
    strict: tool.strict === true && can.beStrict ? true : undefined,
  });
  if (tool.cache === undefined) return [{ toolSpec }];
  if (can.beCached) return [{ toolSpec }, cachePoint(tool.cache)];
  lost.push(`${path}.cache_control`);
  return [{ toolSpec }];
}

function usedTools(turns: readonly JsonObject[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const block of turns.flatMap((turn) => asArray(turn.content))) {
    const { toolUse, toolResult } = asObject(block);
    if (toolUse !== undefined) names.add(asString(asObject(toolUse).name) ?? '');
    else if (toolResult !== undefined && names.size === 0) names.add('tool');
  }
  return names;
}
