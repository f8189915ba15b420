import { asNumber, asObject, asString, type JsonObject, type Reasoning } from '#core';
import type { ClaudeTraits } from '../claude.ts';
import { writeThinking } from '../claude-thinking.ts';
import type { OutboundTarget } from '../dialect.ts';

/**
 * The top-level fields that policy changes in a body of this dialect: model, output limit, parameters by their neutral
 * names, and the route's prompt around `system`. Undefined values remove; what the API has no field for goes to `lost`.
 */
export function policyEdits(
  body: JsonObject,
  target: OutboundTarget,
  traits: ClaudeTraits,
  lost: string[],
): Record<string, unknown> {
  const edits: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(target.params)) {
    if (value !== undefined) setParameter({ ...body, ...edits }, name, value, traits, edits, lost);
  }
  if (body.model !== target.upstreamModel) edits.model = target.upstreamModel;
  const asked = asNumber(edits.max_tokens ?? body.max_tokens);
  const limit = Math.min(asked ?? target.defaultMaxOutputTokens, target.maxOutputTokens ?? Number.POSITIVE_INFINITY);
  if (asked === undefined && target.maxOutputTokens !== null) edits.max_tokens = target.maxOutputTokens;
  else if (limit !== body.max_tokens) edits.max_tokens = limit;
  else delete edits.max_tokens;
  const system = promptAround(body.system, target.prompt);
  if (system !== undefined) edits.system = system;
  return edits;
}

const PLAIN: Readonly<Record<string, string>> = {
  temperature: 'temperature',
  top_p: 'top_p',
  top_k: 'top_k',
  max_tokens: 'max_tokens',
  max_completion_tokens: 'max_tokens',
  max_output_tokens: 'max_tokens',
  stop_sequences: 'stop_sequences',
};

function setParameter(
  body: JsonObject,
  name: string,
  value: unknown,
  traits: ClaudeTraits,
  edits: Record<string, unknown>,
  lost: string[],
): void {
  const plain = PLAIN[name];
  if (plain !== undefined) {
    edits[plain] = value ?? undefined;
    return;
  }
  if (value === null) {
    if (body[name] !== undefined) edits[name] = undefined;
    return;
  }
  switch (name) {
    case 'stop':
      edits.stop_sequences = typeof value === 'string' ? [value] : value;
      return;
    case 'user':
      edits.metadata = { ...asObject(body.metadata), user_id: value };
      return;
    case 'parallel_tool_calls':
      if (Array.isArray(body.tools) && body.tools.length > 0) {
        edits.tool_choice = { type: 'auto', ...asObject(body.tool_choice), disable_parallel_tool_use: value === false };
      }
      return;
    case 'reasoning_effort': {
      const written = writeThinking({ effort: asString(value) as NonNullable<Reasoning['effort']> }, traits);
      if (written.lost) lost.push(name);
      edits.thinking = written.thinking;
      if (written.effort !== undefined) {
        edits.output_config = { ...asObject(body.output_config), effort: written.effort };
      }
      return;
    }
    case 'service_tier': {
      const tier = serviceTier(asString(value));
      if (tier === undefined) lost.push(name);
      else edits.service_tier = tier;
      return;
    }
    default:
      if (OWN_FIELDS.has(name)) edits[name] = value;
      else lost.push(name);
  }
}

/** Fields of this API beyond the neutral ones, which a policy may set by their own names. */
const OWN_FIELDS: ReadonlySet<string> = new Set([
  ...['anthropic_beta', 'anthropic_version', 'cache_control', 'container', 'context_management', 'diagnostics'],
  ...['inference_geo', 'mcp_servers', 'metadata', 'output_config', 'speed', 'thinking', 'tool_choice'],
]);

/** The tier in this API's words: it knows priority capacity if available (`auto`) or never. Pure. */
export function serviceTier(tier: string | undefined): string | undefined {
  if (tier === 'default') return 'standard_only';
  return tier === 'auto' || tier === 'standard_only' ? tier : undefined;
}

/** `system` with the route's prompt around it; undefined when there is none to add. Pure. */
export function promptAround(system: unknown, prompt: OutboundTarget['prompt']): unknown {
  const { prepend, append } = prompt;
  const before = prepend ? [prepend] : [];
  const after = append ? [append] : [];
  if (before.length + after.length === 0) return undefined;
  if (!Array.isArray(system)) {
    const own = typeof system === 'string' && system !== '' ? [system] : [];
    return [...before, ...own, ...after].join('\n\n');
  }
  const block = (text: string) => ({ type: 'text', text });
  return [...before.map(block), ...system, ...after.map(block)];
}
