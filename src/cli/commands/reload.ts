import { asArray, asObject } from '#core';
import { callAdmin, withGateway } from '../call-admin.ts';
import { createPaint } from '../report/colours.ts';
import { safeJson, safeText } from '../report/safe-text.ts';
import { UsageError } from '../usage-error.ts';
import type { ExitCode, Verb, VerbCall } from '../verb.ts';
import { findingLine } from './status.ts';

/** `signalbox reload`: the gateway reads its policies again; exit code 1 when it refuses them and keeps the old revision. */
export const reload: Verb = {
  configure(command) {
    withGateway(command).option('--json', 'the verdict as JSON');
  },
  run: runReload,
};

async function runReload(call: VerbCall): Promise<ExitCode> {
  const { terminal, options } = call;
  const answer = await callAdmin(call, 'POST', '/admin/reload');
  const verdict = asObject(answer.body);
  if (typeof verdict.accepted !== 'boolean')
    throw new UsageError(`the gateway answered ${answer.status} without a verdict`);
  const paint = createPaint(terminal.hasColours);
  if (options.json === true) terminal.out(`${safeJson(verdict)}\n`);
  else if (verdict.accepted) {
    const what = verdict.changed === true ? 'in service' : 'in service already';
    terminal.out(`${paint('good', '✔')} revision ${safeText(String(verdict.revision))} ${what}\n`);
  } else {
    terminal.out(`${paint('error', '✖')} refused; revision ${safeText(String(verdict.revision))} stays in service\n`);
    for (const finding of asArray(verdict.diagnostics)) terminal.out(`  ${findingLine(asObject(finding))}\n`);
  }
  return verdict.accepted ? 0 : 1;
}
