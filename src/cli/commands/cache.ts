import { withGateway } from '../call-admin.ts';
import { UsageError } from '../usage-error.ts';
import type { ExitCode, Verb, VerbCall } from '../verb.ts';

const VERBS: Readonly<Record<string, () => Promise<(call: VerbCall) => Promise<ExitCode>>>> = {
  purge: async () => (await import('../cache/purge-verb.ts')).purgeVerb,
  tune: async () => (await import('../cache/tune-verb.ts')).tuneVerb,
  warm: async () => (await import('../cache/warm-verb.ts')).warmVerb,
};

/** `signalbox cache purge|tune|warm`: kept answers of a running gateway, and the threshold of a semantic one. */
export const cache: Verb = {
  configure(command) {
    withGateway(command.command('purge'))
      .description('throw kept answers away: all that every option given fits')
      .option('--route <name>', 'kept on this route')
      .option('--consumer <name>', 'first asked for by this consumer')
      .option('--tag <tag>', 'kept on a route with this tag')
      .option('--cache <name>', 'kept by this Cache')
      .option('--key <hex>', 'x-signalbox-cache-key, or its first 12 digits or more')
      .option('--all', 'every answer');
    command
      .command('tune')
      .description('precision and recall of thresholds over judged pairs, and the lowest one to take')
      .option(
        '--pairs <file>',
        'one a line: {"a": …, "b": …, "same": true}, or separated by tabs; packed with gzip or not',
      )
      .option('--precision <share>', 'what must be kept', '97%')
      .option(
        '--server <url>',
        'a server of OpenAI’s embeddings, such as https://api.openai.com/v1 (default: local/en)',
      )
      .option('--model <name>', 'its model; the key is $EMBEDDINGS_API_KEY')
      .option('--format <format>', 'pretty or json', 'pretty');
    withGateway(command.command('warm'))
      .description('ask every question of a file, as the consumer of $SIGNALBOX_KEY')
      .argument('[file]', 'one a line: plain text, a request body, or {"path": …, "body": …}')
      .option('--model <name>', 'the model, where the file names none')
      .option('--concurrency <n>', 'questions at once', '4')
      .option('--refresh', 'ask also what is held already');
  },
  async run(call) {
    const load = VERBS[call.name];
    if (load === undefined)
      throw new UsageError('cache needs a word', `signalbox cache ${Object.keys(VERBS).join('|')}`);
    const verb = await load();
    return verb(call);
  },
};
