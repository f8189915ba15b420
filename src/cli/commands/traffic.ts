import { SOURCE_KINDS } from '#replay';
import { importVerb } from '../traffic/import-verb.ts';
import { sampleVerb } from '../traffic/sample-verb.ts';
import { statsVerb } from '../traffic/stats-verb.ts';
import { verifyVerb } from '../traffic/verify-verb.ts';
import { UsageError } from '../usage-error.ts';
import type { ExitCode, Verb, VerbCall } from '../verb.ts';

const VERBS: Readonly<Record<string, (call: VerbCall) => Promise<ExitCode>>> = {
  import: importVerb,
  stats: statsVerb,
  sample: sampleVerb,
  verify: verifyVerb,
};

/** `signalbox traffic import|stats|sample|verify`: recordings, what the dry-run replays. */
export const traffic: Verb = {
  configure(command) {
    command
      .command('import')
      .description('make a recording of another system’s log')
      .argument('[source]', 'the log, packed with gzip or not')
      .option('--from <format>', SOURCE_KINDS.join('|'))
      .option('--model <name>', 'the model of every request, in place of what the source says')
      .option('--consumer <name>', 'the consumer of every request, in place of what the source says')
      .option('--endpoint <name>', 'the endpoint of every request (default: what the source says, else chat)')
      .option('--start <time>', 'when a source with relative times began (default: 2024-01-01T00:00:00Z)')
      .option('--out <file>', 'FILE.ndjson or FILE.ndjson.gz (default: stdout)');
    command
      .command('stats')
      .description('volume, mix, duplicates, strata, window and gaps')
      .argument('[files...]', 'recordings')
      .option('--format <format>', 'pretty or json', 'pretty');
    command
      .command('sample')
      .description('a stratified sample with weights')
      .argument('[files...]', 'recordings')
      .option('--share <share>', 'share of the records', '10%')
      .option('--floor <n>', 'records that every stratum keeps', '20')
      .option('--seed <text>', 'draws another sample', 'signalbox')
      .option('--out <file>', 'FILE.ndjson or FILE.ndjson.gz (default: stdout)');
    command
      .command('verify')
      .description('refuse recordings that hold secrets, addresses or anything but records')
      .argument('[files...]', 'recordings')
      .option('--lock <file>', 'also refuse recordings that are not as pinned there')
      .option('--update', 'pin them instead');
  },
  async run(call) {
    const verb = VERBS[call.name];
    if (verb === undefined)
      throw new UsageError('traffic needs a word', `signalbox traffic ${Object.keys(VERBS).join('|')}`);
    return verb(call);
  },
};
