import { asArray, asObject, type JsonObject } from '#core';

const KNOWN: ReadonlySet<string> = new Set([
  ...['model', 'messages', 'stream', 'tools', 'strict_tools', 'documents', 'citation_options', 'response_format'],
  ...['safety_mode', 'max_tokens', 'stop_sequences', 'temperature', 'seed', 'frequency_penalty', 'presence_penalty'],
  ...['k', 'p', 'logprobs', 'tool_choice', 'thinking', 'priority', 'raw_prompting'],
]);

/** The documented rules of version 2's chat that a request must keep: docs.cohere.com/reference/chat, read 2026-11. */
export function findCohereFaults(body: JsonObject): readonly string[] {
  const faults = Object.keys(body).flatMap((key) => (KNOWN.has(key) ? [] : [`${key} is no parameter of the API`]));
  if (typeof body.stream !== 'boolean') faults.push('stream is told');
  if (body.tool_choice !== undefined && body.tool_choice !== 'REQUIRED' && body.tool_choice !== 'NONE') {
    faults.push('tool_choice is REQUIRED or NONE');
  }
  for (const [at, tool] of asArray(body.tools).map(asObject).entries()) {
    if (asObject(asObject(tool.function).parameters).type !== 'object') faults.push(`tools[${at}] has a schema`);
  }
  const answered = new Set<unknown>();
  for (const [at, message] of asArray(body.messages).map(asObject).entries()) {
    const place = `messages[${at}]`;
    const { role, content } = message;
    const calls = asArray(message.tool_calls).map(asObject);
    for (const { id } of calls) answered.add(id);
    if (!['system', 'user', 'assistant', 'tool'].includes(String(role))) faults.push(`${place}.role is known`);
    if (role === 'assistant' && content === undefined && calls.length === 0) faults.push(`${place} says something`);
    if (role === 'tool' && !answered.has(message.tool_call_id)) faults.push(`${place} answers a call`);
    const parts = asArray(content).map(asObject);
    const allowed = role === 'assistant' ? ['text', 'thinking'] : ['text', 'image_url', 'document'];
    if (parts.some(({ type }) => !allowed.includes(String(type))))
      faults.push(`${place}.content has parts of its role`);
  }
  return faults;
}
