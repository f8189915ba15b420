import type { ServerResponse } from 'node:http';
import type { Executed } from '#upstream';
import { answerHeaders } from './answer-headers.ts';
import { callerContext } from './caller-context.ts';
import { answeredTexts } from './capture-service.ts';
import { capturesContent } from './captures-content.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { guardAnswer, guardBytes } from './guard/guard-answer.ts';
import { readsAnswers } from './guard/guard-use.ts';
import type { Progress } from './progress.ts';
import { settleBeforeEnd } from './settle-request.ts';

/** Writes a whole answer in the caller's dialect, head and body at once, cost included, once it is settled. */
export async function respondJson(
  parts: GatewayParts,
  progress: Progress,
  executed: Omit<Extract<Executed, { kind: 'json' }>, 'usage' | 'estimated'>,
  reply: ServerResponse,
): Promise<void> {
  progress.served = executed;
  const checked = await check(parts, progress, executed);
  if (capturesContent(progress)) progress.answer = checked.response;
  const answered = answeredTexts(progress, { ...executed, bytes: checked.bytes });
  if (answered !== null) progress.said = { asked: [], answered };
  progress.finish = executed.response?.choices[0]?.finish.reason ?? null;
  progress.status = progress.attempts.at(-1)?.status ?? 200;
  await settleBeforeEnd(parts, progress);
  const body = checked.bytes ?? write(progress, checked);
  const headers = answerHeaders(progress, executed.headers);
  headers.push('content-type', 'application/json', 'content-length', String(body.length));
  reply.writeHead(progress.status, headers);
  reply.end(body);
}

/** What the caller may see of the answer. */
async function check(parts: GatewayParts, progress: Progress, answer: Answer): Promise<Whole> {
  const { response } = answer;
  const bytes = answer.bytes ?? writeService(progress, answer);
  if (!readsAnswers(progress.guard)) return { bytes, response };
  if (response !== null) return { bytes: null, response: await guardAnswer(parts, progress, response) };
  return { bytes: bytes === null ? null : await guardBytes(parts, progress, bytes), response };
}

type Answer = Pick<Extract<Executed, { kind: 'json' }>, 'bytes' | 'response' | 'serviceResponse'>;
type Whole = Pick<Answer, 'bytes' | 'response'>;

/** The answer of an endpoint that is no chat; null of a chat. */
function writeService(progress: Progress, { serviceResponse }: Answer): Uint8Array | null {
  const { service, body } = progress;
  if (serviceResponse === null || service === null) return null;
  const written = service.inbound.writeResponse(serviceResponse, body ?? {}, callerContext(progress));
  return Buffer.from(JSON.stringify(written));
}

function write(progress: Progress, { response }: Whole): Uint8Array {
  if (response === null) throw new Error('an answer came without bytes and without neutral form');
  const { dialect } = progress.call;
  return Buffer.from(JSON.stringify(dialect.writeResponse(response, callerContext(progress))));
}
