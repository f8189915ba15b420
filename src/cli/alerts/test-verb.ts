import { asArray, asObject } from '#core';
import { callAdmin } from '../call-admin.ts';
import { safeText } from '../report/safe-text.ts';
import { UsageError } from '../usage-error.ts';
import type { ExitCode, VerbCall } from '../verb.ts';

/** `signalbox alerts test NAME`: a running gateway sends the receivers of an alert a notice that says it is a test; exit code 1 when it could not be handed over. */
export async function testVerb(call: VerbCall): Promise<ExitCode> {
  const [alert] = call.args;
  if (alert === undefined) throw new UsageError('alerts test names no alert', 'signalbox alerts test error-rate');
  const { status, body } = await callAdmin(call, 'POST', '/admin/alerts/test', { alert });
  const { sent, outbox, error } = asObject(body);
  if (status !== 200) {
    throw new UsageError(`the gateway answered ${status}: ${safeText(String(asObject(error).message ?? ''))}`);
  }
  for (const each of asArray(sent)) {
    const { channel, receiver } = asObject(each);
    call.terminal.out(`${safeText(String(receiver))}: ${safeText(String(channel))}\n`);
  }
  const { waiting, problem } = asObject(outbox);
  if (Number(waiting) === 0) return 0;
  call.terminal.err(`${Number(waiting)} messages wait: ${safeText(String(problem ?? 'they are being sent'))}\n`);
  return 1;
}
