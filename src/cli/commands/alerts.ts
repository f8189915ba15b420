import { withGateway } from '../call-admin.ts';
import { withEnvironment, withPolicies } from '../options.ts';
import { withReports } from '../report/formats.ts';
import { UsageError } from '../usage-error.ts';
import type { ExitCode, Verb, VerbCall } from '../verb.ts';

const VERBS: Readonly<Record<string, () => Promise<(call: VerbCall) => Promise<ExitCode>>>> = {
  backtest: async () => (await import('../alerts/backtest-verb.ts')).backtestVerb,
  test: async () => (await import('../alerts/test-verb.ts')).testVerb,
};

/** `signalbox alerts backtest|test`: what alerts would have done, and whether they arrive. */
export const alerts: Verb = {
  configure(command) {
    withReports(
      withEnvironment(withPolicies(command.command('backtest')), 'production')
        .description('when each alert would have fired on recorded traffic')
        .argument('[files...]', 'more recordings')
        .option('--traffic <file>', 'a recording (repeatable)', (value: string, before: readonly string[] = []) => [
          ...before,
          value,
        ]),
    );
    withGateway(command.command('test'))
      .description('send the receivers of an alert a notice that says it is a test')
      .argument('[alert]', 'its name');
  },
  async run(call) {
    const load = VERBS[call.name];
    if (load === undefined)
      throw new UsageError('alerts needs a word', `signalbox alerts ${Object.keys(VERBS).join('|')}`);
    const verb = await load();
    return verb(call);
  },
};
