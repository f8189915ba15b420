import { asArray, asObject, isObject, type JsonObject } from '#core';

const KNOWN: ReadonlySet<string> = new Set([
  ...['model', 'messages', 'max_tokens', 'system', 'tools', 'tool_choice', 'stop_sequences', 'stream', 'temperature'],
  ...['top_p', 'top_k', 'metadata', 'thinking', 'service_tier', 'output_config', 'output_format', 'container'],
  ...['context_management', 'mcp_servers', 'cache_control', 'inference_geo', 'speed'],
]);

/** The documented rules of the Messages API that a request must keep: docs.claude.com/en/api/messages, read 2026-11. */
export function findAnthropicFaults(body: JsonObject): readonly string[] {
  const faults: string[] = [];
  const expect = (holds: boolean, fault: string) => {
    if (!holds) faults.push(fault);
  };
  for (const key of Object.keys(body)) expect(KNOWN.has(key), `${key} is no parameter of the API`);
  expect(typeof body.model === 'string' && body.model !== '', 'model is a name');
  expect(Number.isInteger(body.max_tokens) && Number(body.max_tokens) > 0, 'max_tokens is a positive integer');
  const temperature = body.temperature ?? 0;
  expect(typeof temperature === 'number' && temperature >= 0 && temperature <= 1, 'temperature is between 0 and 1');
  if (body.system !== undefined) expect(isText(body.system), 'system is a text or a list of non-empty texts');
  const thinking = asObject(body.thinking);
  if (thinking.type === 'enabled') {
    expect(Number(thinking.budget_tokens) >= 1024, 'a thinking budget is at least 1024');
    expect(Number(thinking.budget_tokens) < Number(body.max_tokens), 'a thinking budget is under max_tokens');
  }
  const messages = asArray(body.messages).map(asObject);
  expect(messages.length > 0, 'messages is not empty');
  for (const [at, message] of messages.entries()) {
    // Newer models take instructions amid the turns, though not before the first.
    const isRole = message.role === 'user' || message.role === 'assistant' || (message.role === 'system' && at > 0);
    expect(isRole, `messages[${at}].role is user, assistant or, amid the turns, system`);
    expect(message.role !== messages[at - 1]?.role, `messages[${at}] does not repeat the role before it`);
    faults.push(...findContentFaults(message, `messages[${at}]`));
    if (message.role === 'assistant')
      faults.push(...findUnanswered(message, asObject(messages[at + 1]), `messages[${at}]`));
  }
  for (const [at, tool] of asArray(body.tools).map(asObject).entries()) {
    const isServerTool = typeof tool.type === 'string' && tool.type !== 'custom';
    expect(isServerTool || /^[a-zA-Z0-9_-]{1,128}$/.test(String(tool.name)), `tools[${at}].name is a plain name`);
    expect(
      isServerTool || asObject(tool.input_schema).type === 'object',
      `tools[${at}].input_schema is of type object`,
    );
  }
  if (body.tool_choice !== undefined) expect(asArray(body.tools).length > 0, 'tool_choice comes with tools');
  return faults;
}

function isText(value: unknown): boolean {
  if (typeof value === 'string') return value !== '';
  return Array.isArray(value) && value.length > 0 && value.every((part) => isObject(part) && Boolean(part.text));
}

function findContentFaults(message: JsonObject, path: string): string[] {
  if (typeof message.content === 'string') return message.content === '' ? [`${path}.content is not empty`] : [];
  const blocks = asArray(message.content).map(asObject);
  const faults = blocks.length === 0 ? [`${path}.content is not empty`] : [];
  let sawOther = false;
  for (const [at, block] of blocks.entries()) {
    const place = `${path}.content[${at}]`;
    if (block.type === 'text' && !block.text) faults.push(`${place}.text is not empty`);
    if (block.type === 'tool_use' && !isObject(block.input)) faults.push(`${place}.input is an object`);
    if (block.type === 'tool_use' && !/^[a-zA-Z0-9_-]+$/.test(String(block.id)))
      faults.push(`${place}.id is a plain id`);
    if (block.type === 'tool_result' && sawOther) faults.push(`${place}: tool results come first`);
    if (block.type === 'thinking' && typeof block.signature !== 'string') faults.push(`${place} is signed`);
    if (block.type !== 'tool_result') sawOther = true;
  }
  return faults;
}

/** Every call is answered in the very next message, unless it is the last. */
function findUnanswered(message: JsonObject, next: JsonObject, path: string): string[] {
  if (next.role === undefined) return [];
  const answers = new Set(asArray(next.content).map((block) => asObject(block).tool_use_id));
  const calls = asArray(message.content)
    .map(asObject)
    .filter((block) => block.type === 'tool_use');
  return calls.filter((call) => !answers.has(call.id)).map((call) => `${path}: the call ${call.id} has its result`);
}

/** Blocks of a stream never interleave: one is open at a time, indexes rise by one. */
export function findStreamFaults(chunks: readonly JsonObject[]): readonly string[] {
  const faults: string[] = [];
  let open: unknown = null;
  let next = 0;
  for (const chunk of chunks) {
    if (chunk.type === 'content_block_start') {
      if (open !== null) faults.push(`block ${chunk.index} opens inside block ${open}`);
      if (chunk.index !== next++) faults.push(`block ${chunk.index} is out of order`);
      open = chunk.index;
    } else if (chunk.type === 'content_block_delta' && chunk.index !== open) faults.push('a delta outside its block');
    else if (chunk.type === 'content_block_stop') {
      if (chunk.index !== open) faults.push(`block ${chunk.index} closes while ${open} is open`);
      open = null;
    }
  }
  if (chunks[0]?.type !== 'message_start') faults.push('message_start comes first');
  if (chunks.at(-1)?.type !== 'message_stop') faults.push('message_stop comes last');
  return faults;
}
