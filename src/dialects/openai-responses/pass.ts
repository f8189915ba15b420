import { asArray, asString, isObject, type JsonObject } from '#core';
import type { InboundContext, OutboundTarget, PassedRequest } from '../dialect.ts';
import { editsBetween } from '../edits-between.ts';
import { isForeignReasoning, modelMaker } from '../reasoning-origin.ts';
import { OWN_REASONING } from './output-items.ts';
import { applyPolicy } from './policy.ts';
import { RESPONSES_PATH } from './write-request.ts';

/** What policy changes in the caller's own body; no edits where it asks for nothing that is not so already. */
export function passRequest(body: JsonObject, target: OutboundTarget, _context?: InboundContext): PassedRequest {
  const lost: string[] = [];
  const changed: Record<string, unknown> = { ...applyPolicy(body, target, lost) };
  const input = withoutForeign(body.input, target.upstreamModel, lost);
  if (input !== body.input) changed.input = input;
  const { prepend, append } = target.prompt;
  const led = append ? behindInstructions(input, append) : null;
  if (led !== null) changed.input = led;
  const instructions = promptAround(body.instructions, led === null ? target.prompt : { prepend, append: null });
  if (instructions !== undefined) changed.instructions = instructions;
  return { path: RESPONSES_PATH, query: {}, headers: {}, edits: editsBetween(body, changed), lost };
}

/** The input with a text behind the instructions that it begins with; null where it begins with none. */
function behindInstructions(input: unknown, append: string): readonly unknown[] | null {
  const items = asArray(input);
  const found = items.findIndex((item) => !isObject(item) || (item.role !== 'system' && item.role !== 'developer'));
  const end = found === -1 ? items.length : found;
  if (end === 0) return null;
  return [...items.slice(0, end), { role: 'system', content: append }, ...items.slice(end)];
}

function promptAround(own: unknown, { prepend, append }: OutboundTarget['prompt']): string | undefined {
  if (!prepend && !append) return undefined;
  return [prepend, asString(own), append].filter((text) => (text ?? '') !== '').join('\n\n');
}

/** The items without reasoning that another provider had, which this one would refuse; the same list where there is none. */
function withoutForeign(input: unknown, model: string, lost: string[]): unknown {
  const maker = modelMaker(model);
  if (!Array.isArray(input)) return input;
  const isForeign = (item: unknown) => {
    if (!isObject(item) || item.type !== 'reasoning') return false;
    const encrypted = asString(item.encrypted_content);
    if (encrypted === undefined) return asString(item.id)?.startsWith(OWN_REASONING) === true;
    return isForeignReasoning(encrypted, maker);
  };
  if (!input.some(isForeign)) return input;
  return asArray(input).filter((item, at) => {
    if (!isForeign(item)) return true;
    lost.push(`input[${at}] (reasoning)`);
    return false;
  });
}
