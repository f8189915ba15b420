import { asArray, asString, type JsonObject } from '#core';
import { neededFacts, type RequestFacts } from '#decision';
import { type Dialect, dialectOf, estimateTokens, inputCeiling } from '#dialects';
import type { Verdict } from '#guardrails';
import type { Route } from '#snapshot';
import { createCancellation } from '#upstream';
import { admitRequest } from '../../admit-request.ts';
import { BARE, openTo } from '../../cache/embed-question.ts';
import { executeCall } from '../../execute-call.ts';
import { beginProgress, type Progress } from '../../progress.ts';
import { readFacts } from '../../read-facts.ts';
import { settleRequest } from '../../settle-request.ts';
import { gatewayErrorOf } from '../../write-error.ts';
import type { Turn } from '../request-texts.ts';
import type { RemoteQuestion } from './remote-question.ts';

const MAX_ANSWER_TOKENS = 64;

/** Asks a model by a request of the gateway’s own: with its own id, admission, account and record, in the caller’s name. */
export async function askModelJudge(question: RemoteQuestion): Promise<Verdict> {
  const { parts, progress: asked, turns, stage, settings, signal } = question;
  if (turns.length === 0) return { kind: 'pass' };
  if (asked.request === null) throw new Error('the request was not read');
  const startedMs = parts.nowMs();
  const model = String(settings.model);
  const body: JsonObject = {
    model,
    messages: [{ role: 'user', content: promptOf(stage, turns, asArray(settings.categories)) }],
    temperature: 0,
    max_tokens: MAX_ANSWER_TOKENS,
  };
  const bytes = Buffer.from(JSON.stringify(body));
  const dialect = dialectOf('openai-chat') as Dialect;
  const call = {
    ...asked.call,
    ...{
      id: parts.newId(),
      startedMs,
      dialect,
      path: '/v1/chat/completions',
      framing: 'sse' as const,
      headers: {},
      bytes,
    },
    context: { endpoint: 'chat' as const, pathModel: null, pathStream: null },
  };
  const shape = dialect.readShape(body, call.context);
  const request: RequestFacts = {
    ...asked.request,
    ...{
      id: call.id,
      model,
      endpoint: 'chat',
      dialect: 'openai-chat',
      path: call.path,
      stream: false,
      bodyBytes: bytes.length,
    },
    ...{ toolCount: 0, images: 0, audio: 0, documents: 0, responseFormat: 'text', hasReasoning: false, choices: 1 },
    ...{ maxOutputTokens: MAX_ANSWER_TOKENS, temperature: 0 },
    inputTokens: estimateTokens(shape.textLength, shape.messageCount),
    inputTokensAtMost: inputCeiling(bytes.length, shape.source),
  };
  const snapshot = openTo(asked.active.snapshot);
  const route: Route = { ...bareRoute(snapshot.routes.get(asked.route ?? '')), chain: null };
  const progress: Progress = {
    ...beginProgress(call, asked.active),
    ...{ snapshot, caller: asked.caller, body, shape, request, route: asked.route },
  };
  const cancellation = createCancellation();
  signal.addEventListener('abort', cancellation.cancel, { once: true });
  try {
    const facts = await readFacts(parts, asked.active, neededFacts(snapshot, request, route, startedMs), startedMs);
    const decision = await admitRequest(parts, progress, snapshot, request, route, facts);
    const executed = await executeCall(parts, progress, decision, route, null, cancellation, 'events');
    if (executed.kind === 'failed') throw executed.error;
    if (executed.kind !== 'json' || executed.response === null) throw new Error('the model gave no answer in time');
    progress.served = executed;
    progress.status = 200;
    const said = executed.response.choices[0]?.content ?? [];
    return readJudgement(said.map((part) => (part.kind === 'text' ? part.text : '')).join(''));
  } catch (error) {
    const { code, status } = gatewayErrorOf(error);
    progress.errorCode = code;
    progress.status = status;
    throw error;
  } finally {
    await settleRequest(parts, progress);
  }
}

function bareRoute(route: Route | undefined): Route {
  if (route === undefined) throw new Error('the request has no route of its own');
  return { ...route, ...BARE };
}

/** The instructions that Llama Guard is trained on (llama.com, model card of Llama Guard 3, read 2026-11); other models can follow them. */
function promptOf(stage: 'input' | 'output', turns: readonly Turn[], categories: readonly unknown[]): string {
  const who = stage === 'input' ? 'User' : 'Agent';
  const names = categories.map((name, index) => `S${index + 1}: ${asString(name) ?? ''}`);
  const conversation = turns.map(({ role, text }) => `${role === 'assistant' ? 'Agent' : 'User'}: ${fenced(text)}`);
  return [
    `Task: Check if there is unsafe content in '${who}' messages in conversations according to our safety policy with the below categories.`,
    ...(names.length === 0 ? [] : ['<BEGIN UNSAFE CONTENT CATEGORIES>', ...names, '<END UNSAFE CONTENT CATEGORIES>']),
    '<BEGIN CONVERSATION>',
    ...conversation,
    '<END CONVERSATION>',
    `Provide your safety assessment for the ${who} messages in the above conversation:`,
    " - First line must read 'safe' or 'unsafe'.",
    ' - If unsafe, a second line must include a comma-separated list of violated categories.',
  ].join('\n');
}

/** What is judged must not end its own frame. */
function fenced(text: string): string {
  return text.replace(/<(\/?)(BEGIN|END) /gi, '($1$2 ');
}

function readJudgement(text: string): Verdict {
  const [first = '', second = ''] = text.trim().split('\n');
  const word = first.trim().toLowerCase();
  if (word === 'safe') return { kind: 'pass' };
  if (word !== 'unsafe') throw new Error('the model answered neither `safe` nor `unsafe`');
  const named = second.split(',').filter((name) => name.trim() !== '');
  return { kind: 'found', count: Math.max(1, named.length) };
}
