import type { AssistantPart, Choice, NeutralEvent, NeutralResponse, PartStart } from '#core';

/** A whole answer as the events of a stream: for callers who asked for a stream that the upstream did not give. Pure. */
export function responseEvents(response: NeutralResponse): NeutralEvent[] {
  const { id, model, createdAt } = response;
  const events: NeutralEvent[] = [
    { kind: 'response-start', id, model, ...(createdAt === undefined ? {} : { createdAt }) },
  ];
  for (const choice of response.choices) pushChoice(events, choice);
  for (const what of response.unread ?? []) events.push({ kind: 'unread', what });
  if (response.usage !== undefined) events.push({ kind: 'usage', usage: response.usage });
  events.push({ kind: 'response-end' });
  return events;
}

function pushChoice(events: NeutralEvent[], choice: Choice): void {
  for (const [index, part] of choice.content.entries()) {
    events.push({ kind: 'part-start', choice: choice.index, index, part: startOf(part) });
    const place = { choice: choice.index, index };
    if (part.kind === 'text') {
      const { text, logprobs } = part;
      events.push({ kind: 'text-delta', ...place, text, ...(logprobs === undefined ? {} : { logprobs }) });
      for (const citation of part.citations ?? []) events.push({ kind: 'citation', ...place, citation });
    }
    if (part.kind === 'refusal') events.push({ kind: 'refusal-delta', ...place, text: part.text });
    if (part.kind === 'tool-call') events.push({ kind: 'tool-arguments-delta', ...place, arguments: part.arguments });
    if (part.kind === 'reasoning' && part.redacted === undefined) {
      events.push({ kind: 'reasoning-delta', ...place, text: part.text });
      if (part.signature !== undefined) {
        events.push({ kind: 'reasoning-signature', ...place, signature: part.signature });
      }
    }
    events.push({ kind: 'part-end', ...place });
  }
  events.push({ kind: 'finish', choice: choice.index, finish: choice.finish });
}

function startOf(part: AssistantPart): PartStart {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return { kind: part.kind };
    case 'reasoning':
      if (part.redacted !== undefined) return { kind: 'whole', part };
      return part.id === undefined ? { kind: 'reasoning' } : { kind: 'reasoning', id: part.id };
    case 'tool-call': {
      const { id, name, signature } = part;
      return { kind: 'tool-call', id, name, ...(signature === undefined ? {} : { signature }) };
    }
    default:
      return { kind: 'whole', part };
  }
}
