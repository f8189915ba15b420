import { createHmac } from 'node:crypto';
import { asNumber, asString } from '#core';
import type { Verdict } from '#guardrails';
import { postJson } from './post-json.ts';
import type { RemoteQuestion } from './remote-question.ts';
import { secretOf } from './secret-of.ts';

/**
 * A service of one’s own: gets who says what, answers `{"verdict": "pass"}` or `{"verdict": "found", "count": 2}`. With a secret the call carries
 * `x-signalbox-signature: t=SECONDS,v1=HEX`, HMAC-SHA-256 of `SECONDS.BODY`, so that it can be told from a forged or an old one.
 */
export async function askWebhook(question: RemoteQuestion): Promise<Verdict> {
  const { parts, progress, guardrail, check, stage, turns, settings } = question;
  const body = JSON.stringify({
    requestId: progress.call.id,
    ...{ guardrail, check, stage, route: progress.route, consumer: progress.request?.consumer ?? null },
    texts: turns,
  });
  const secret = secretOf(parts.secrets, settings.secret);
  const headers = secret === null ? {} : { 'x-signalbox-signature': signatureOf(secret, body, parts.nowMs()) };
  const { verdict, count } = await postJson(String(settings.url), body, headers, question);
  switch (asString(verdict)) {
    case 'pass':
      return { kind: 'pass' };
    case 'found':
      return { kind: 'found', count: Math.max(1, Math.trunc(asNumber(count) ?? 1)) };
    default:
      throw new Error('the answer’s `verdict` is neither `pass` nor `found`');
  }
}

function signatureOf(secret: string, body: string, nowMs: number): string {
  const seconds = Math.floor(nowMs / 1000);
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}
