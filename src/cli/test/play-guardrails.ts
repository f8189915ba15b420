import { GatewayError, isObject, type NeutralResponse } from '#core';
import { renderPrompt } from '#decision';
import {
  applyVerdict,
  checkAnswer,
  checkBody,
  compileGuard,
  createTally,
  createVault,
  type GuardRun,
  restoreAnswer,
  type StageGuard,
} from '#guardrails';
import type { Snapshot, TestCase } from '#snapshot';
import type { Situation } from '../request/build-situation.ts';

/** What the guardrails of a case's route came to, as `expect.guardrails` names it. */
export interface PlayedGuardrails {
  /** By `guardrail/id`. */
  readonly input: Readonly<Record<string, string>>;
  readonly output: Readonly<Record<string, string>>;
  /** Null where nothing is sent. */
  readonly sent: string | null;
  /** Null where there is no answer. */
  readonly answer: string | null;
  /** The side that refuses. */
  readonly blocked: 'input' | 'output' | null;
}

/**
 * Runs the guardrails of a route over the text of a case and over the answer that its provider gives. The same functions as the gateway's; services that judge
 * are not asked. Null where the route has none. Pure.
 */
export function playGuardrails(
  snapshot: Snapshot,
  route: string | null,
  { request, facts }: Pick<Situation, 'request' | 'facts'>,
  said: string | undefined,
  answered: string | undefined,
): PlayedGuardrails | null {
  const policy = route === null ? undefined : snapshot.routes.get(route);
  if (policy === undefined || policy.guardrails.length === 0 || policy.deny !== null) return null;
  const guard = compileGuard(policy.guardrails.flatMap((name) => snapshot.guardrails.get(name) ?? []));
  const text = said ?? '';
  const vault = createVault((placeholder) => text.includes(placeholder));
  const tally = createTally();
  const { prepend, append } = renderPrompt(policy.prompt, request, facts.nowMs, snapshot.project.timezone);
  const instructions = [prepend, append].filter((each) => each !== null && each !== '');
  const runOf = (stage: StageGuard): GuardRun => ({
    guard: stage,
    context: { stage: stage.stage, instructions: instructions as string[] },
    vault,
    tally,
  });
  let sent: string | null = text;
  let answer: string | null = null;
  let blocked: PlayedGuardrails['blocked'] = null;
  try {
    if (guard.input !== null) {
      tally.begin(guard.input);
      sent = checkInput(runOf(guard.input), guard.input, request, facts.nowMs, text);
    }
    if (answered !== undefined) {
      blocked = 'output';
      if (guard.output !== null) tally.begin(guard.output);
      const given = answerOf(answered);
      const checked = guard.output === null ? given : checkOutput(runOf(guard.output), guard.output, given);
      answer = textOf(restoreAnswer(vault, checked));
      blocked = null;
    }
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    if (blocked === null) sent = null;
    blocked ??= 'input';
  }
  const verdicts = (stage: 'input' | 'output') =>
    Object.fromEntries(
      tally
        .verdicts()
        .filter((each) => each.stage === stage)
        .map(({ guardrail, check, action }) => [`${guardrail}/${check}`, action]),
    );
  return { input: verdicts('input'), output: verdicts('output'), sent, answer, blocked };
}

/** What the target that answered said: the scripted text of its last attempt; undefined where the case gives none. Pure. */
export function answeredText(
  upstream: TestCase['upstream'],
  chain: string | null,
  calls: readonly { readonly attempt: { readonly target: string } }[],
): string | undefined {
  const target = calls.at(-1)?.attempt.target;
  if (target === undefined) return undefined;
  const turn = calls.filter(({ attempt }) => attempt.target === target).length - 1;
  const bare = chain !== null && target.startsWith(`${chain}/`) ? target.slice(chain.length + 1) : target;
  const outcomes = upstream?.[target] ?? upstream?.[bare] ?? [];
  return outcomes[Math.min(turn, outcomes.length - 1)]?.text;
}

function checkInput(
  run: GuardRun,
  guard: StageGuard,
  { endpoint, model, consumer, metadata, headers }: Situation['request'],
  nowMs: number,
  text: string,
): string {
  const bodyBytes = Buffer.byteLength(text);
  const facts = { endpoint, model, consumer, tools: [], metadata, headers, bodyBytes, nowMs };
  for (const check of guard.requests) applyVerdict(run, check, check.compiled.judge(facts));
  const { messages } = checkBody(run, { messages: [{ role: 'user', content: text }] });
  const [message] = Array.isArray(messages) ? messages : [];
  const masked = isObject(message) && typeof message.content === 'string' ? message.content : text;
  for (const check of guard.toolCalls) run.tally.note('input', check, 'pass');
  const subject = { stage: 'input' as const, text: masked, texts: [masked] };
  for (const check of guard.wholes) applyVerdict(run, check, check.compiled.judge(subject, run.context));
  return masked;
}

function checkOutput(run: GuardRun, guard: StageGuard, given: NeutralResponse): NeutralResponse {
  const checked = checkAnswer(run, given);
  for (const check of guard.toolCalls) run.tally.note('output', check, 'pass');
  return checked;
}

function answerOf(text: string): NeutralResponse {
  const choice = { index: 0, content: [{ kind: 'text' as const, text }], finish: { reason: 'stop' as const } };
  return { id: 'test', model: 'test', choices: [choice], extra: {} };
}

function textOf({ choices }: NeutralResponse): string {
  return (choices[0]?.content ?? []).map((part) => (part.kind === 'text' ? part.text : '')).join('');
}
