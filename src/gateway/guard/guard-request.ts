import { type JsonObject, type NeutralRequest, once } from '#core';
import { editsBetween, holdsDuplicateKeys } from '#dialects';
import {
  applyVerdict,
  type CheckContext,
  checkBody,
  createTally,
  createVault,
  type GuardRun,
  type StageGuard,
} from '#guardrails';
import type { RenderedPrompt, Route } from '#snapshot';
import type { Cancellation, Upload } from '#upstream';
import type { GatewayParts } from '../gateway-parts.ts';
import type { Progress } from '../progress.ts';
import { replaceBody } from '../replace-body.ts';
import { askRemotes } from './ask-remotes.ts';
import { contextOf, type GuardUse } from './guard-use.ts';
import { toolCallsOf, toolsOf, turnsOf } from './request-texts.ts';

/**
 * Runs the input guardrails of the route over the whole body, before anything is held or sent. What they mask is masked for everything that follows:
 * estimates, cache keys, every provider. Throws 400 `guardrail_blocked`.
 */
export async function guardRequest(
  parts: GatewayParts,
  progress: Progress,
  route: Route,
  cancellation: Cancellation,
): Promise<void> {
  const guard = progress.active.guards.get(route.name);
  if (guard === undefined || route.deny !== null) return;
  const { call, body } = progress;
  if (body === null) return;
  const readNeutral = once(() =>
    isTalk(progress) ? call.dialect.readRequest(progress.body ?? {}, call.context) : null,
  );
  const use: GuardUse = {
    guard,
    vault: createVault((placeholder) => call.bytes.includes(placeholder)),
    tally: createTally(),
    instructions: once(() => instructionsOf(readNeutral(), progress.prompt)),
    cancellation,
  };
  progress.guard = use;
  if (guard.input === null) return;
  if (progress.service?.upload == null && holdsDuplicateKeys(progress.bytes, body)) {
    // Providers that take the first of two keys would read what no check has seen.
    replaceBody(progress, body, Buffer.from(JSON.stringify(body)), null);
  }
  use.tally.begin(guard.input);
  const run: GuardRun = { ...use, guard: guard.input, context: contextOf(use, 'input') };
  judgeRequest(progress, run, guard.input, readNeutral, parts.nowMs());
  takeMasked(progress, body, checkBody(run, body));
  judgeCalls(run, guard.input, readNeutral, run.context);
  await judgeTexts(parts, progress, run, readNeutral);
}

type ReadNeutral = () => NeutralRequest | null;

/** Rules over facts come first: they cost least. */
function judgeRequest(
  { call, request }: Progress,
  run: GuardRun,
  { requests }: StageGuard,
  readNeutral: ReadNeutral,
  nowMs: number,
): void {
  if (requests.length === 0 || request === null) return;
  const facts = {
    endpoint: request.endpoint,
    model: request.model,
    consumer: request.consumer,
    tools: toolsOf(readNeutral()),
    metadata: request.metadata,
    headers: definedOnly(call.headers),
    bodyBytes: request.bodyBytes,
    nowMs,
  };
  for (const check of requests) applyVerdict(run, check, check.compiled.judge(facts));
}

function judgeCalls(run: GuardRun, { toolCalls }: StageGuard, readNeutral: ReadNeutral, context: CheckContext): void {
  if (toolCalls.length === 0) return;
  const calls = toolCallsOf(readNeutral());
  for (const check of toolCalls) {
    // No call has been made: there is nothing that could break the rule.
    if (calls.length === 0) applyVerdict(run, check, { kind: 'pass' });
    for (const call of calls) applyVerdict(run, check, check.compiled.judge(call, context));
  }
}

/** What needs the texts of the request as a whole, ours and that of others; these see masks, not what is behind them. */
async function judgeTexts(
  parts: GatewayParts,
  progress: Progress,
  run: GuardRun,
  readNeutral: ReadNeutral,
): Promise<void> {
  const { wholes, remotes } = run.guard;
  if (wholes.length === 0 && remotes.length === 0) return;
  const turns = turnsOf(readNeutral(), progress.body ?? {});
  const texts = turns.filter(({ role }) => role === 'user' || role === 'tool').map(({ text }) => text);
  const subject = { stage: 'input' as const, text: texts.join('\n'), texts };
  for (const check of wholes) applyVerdict(run, check, check.compiled.judge(subject, run.context));
  await askRemotes(parts, progress, run, turns);
}

/** From here on the masked body is the body. */
function takeMasked(progress: Progress, body: JsonObject, masked: JsonObject): void {
  if (masked === body) return;
  const upload = progress.service?.upload ?? null;
  const kept = upload === null ? null : withFields(upload, editsBetween(body, masked));
  replaceBody(progress, masked, Buffer.from(JSON.stringify(masked)), kept);
}

/** A form whose text fields are masked goes out with the masks, whatever else is changed in it. */
function withFields(upload: Upload, masked: Readonly<Record<string, unknown>>): Upload {
  return { ...upload, body: (edits) => upload.body({ ...masked, ...edits }) };
}

/** Endpoints whose requests have the neutral form. */
const TALK: ReadonlySet<string> = new Set(['chat', 'messages', 'generate', 'responses', 'completions']);

function isTalk({ call }: Progress): boolean {
  return TALK.has(call.context.endpoint);
}

function instructionsOf(neutral: NeutralRequest | null, prompt: RenderedPrompt): readonly string[] {
  const own = turnsOf(neutral, {}).filter(({ role }) => role === 'system');
  return [prompt.prepend, prompt.append, ...own.map(({ text }) => text)].filter(
    (text) => text !== null && text !== '',
  ) as string[];
}

function definedOnly(headers: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  return headers as Readonly<Record<string, string>>;
}
