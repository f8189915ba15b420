import type { JsonObject, NeutralRequest, Tool } from '#core';
import type { ClaudeTraits } from '../claude.ts';
import { isStrictSchema } from './structured-schema.ts';
import { cacheControl } from './write-parts.ts';

/** Writes `tools` and `tool_choice`; what the model cannot do is named in `lost`. */
export function writeTools(request: NeutralRequest, traits: ClaudeTraits, lost: string[]): JsonObject {
  const tools: JsonObject[] = [];
  for (const [at, tool] of request.tools.entries()) {
    const written = writeTool(tool, `tools[${at}]`, traits, lost);
    if (written !== null) tools.push(written);
  }
  if (tools.length === 0) {
    // The API takes a choice only along with tools.
    const { toolChoice } = request;
    if (toolChoice?.kind === 'required' || toolChoice?.kind === 'tool') lost.push('tool_choice');
    return {};
  }
  const choice = writeToolChoice(request, traits, lost);
  return choice === undefined ? { tools } : { tools, tool_choice: choice };
}

function writeTool(tool: Tool, path: string, traits: ClaudeTraits, lost: string[]): JsonObject | null {
  if (tool.kind === 'opaque') {
    if (tool.dialect === 'anthropic-messages') return tool.value as JsonObject;
    lost.push(`${path} (${tool.type})`);
    return null;
  }
  const schema = tool.parameters ?? { properties: {} };
  // Strict tools accept the subset of JSON Schema that structured outputs do, and answer 400 beyond it.
  const isStrict = tool.strict === true && traits.structured === true && isStrictSchema(schema);
  if (tool.strict === true && !isStrict) lost.push(`${path}.strict`);
  return {
    name: tool.name,
    ...(tool.description === undefined ? {} : { description: tool.description }),
    input_schema: 'type' in schema ? schema : { type: 'object', ...schema },
    ...(isStrict ? { strict: true } : {}),
    ...cacheControl(tool.cache),
  };
}

function writeToolChoice(request: NeutralRequest, traits: ClaudeTraits, lost: string[]): JsonObject | undefined {
  const { parallelToolCalls } = request;
  const parallel = parallelToolCalls === undefined ? {} : { disable_parallel_tool_use: !parallelToolCalls };
  let choice = request.toolChoice;
  if (!traits.forcedTools && (choice?.kind === 'required' || choice?.kind === 'tool')) {
    lost.push('tool_choice');
    choice = { kind: 'auto' };
  }
  switch (choice?.kind) {
    case undefined:
      return parallelToolCalls === undefined ? undefined : { type: 'auto', ...parallel };
    case 'none':
      return { type: 'none' };
    case 'auto':
      return { type: 'auto', ...parallel };
    case 'required':
      return { type: 'any', ...parallel };
    case 'tool':
      return { type: 'tool', name: choice.name, ...parallel };
  }
}
