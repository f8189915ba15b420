import { parseShare } from '#core';
import { createSampler, number, plural } from '#replay';
import { textOption } from '../options.ts';
import { UsageError } from '../usage-error.ts';
import type { ExitCode, VerbCall } from '../verb.ts';
import { readRecordings } from './read-recording.ts';
import { openRecordWriter } from './record-writer.ts';

/** `signalbox traffic sample FILES --share 5% --out FILE`: a stratified sample with weights; the same input and seed give the same bytes. */
export async function sampleVerb({ options, args, terminal }: VerbCall): Promise<ExitCode> {
  if (args.length === 0)
    throw new UsageError(
      'no recording is named',
      'signalbox traffic sample FILE.ndjson.gz --share 5% --out SAMPLE.ndjson.gz',
    );
  const shareText = textOption(options.share) ?? '10%';
  const share = parseShare(shareText);
  if (share === null || share <= 0 || share > 1)
    throw new UsageError(`--share is more than 0% and at most 100%, not ${JSON.stringify(shareText)}`);
  const floorText = textOption(options.floor) ?? '20';
  if (!/^\d{1,6}$/.test(floorText)) throw new UsageError(`--floor is a whole number, not ${JSON.stringify(floorText)}`);
  const sampler = createSampler({ share, floor: Number(floorText), seed: textOption(options.seed) ?? 'signalbox' });
  let records = 0;
  let bad = 0;
  await readRecordings(
    args,
    (record) => {
      records += 1;
      sampler.learn(record);
    },
    () => {
      bad += 1;
    },
  );
  if (records === 0) throw new UsageError('the files hold no record', null);
  const writer = openRecordWriter(textOption(options.out), terminal);
  let drawn = 0;
  try {
    await readRecordings(args, async (record) => {
      const kept = sampler.draw(record);
      if (kept === null) return;
      drawn += 1;
      await writer.write(`${JSON.stringify(kept)}\n`);
    });
    await writer.close();
  } catch (error) {
    await writer.abort();
    throw error;
  }
  const left = bad === 0 ? '' : `; ${plural(bad, 'bad line')} left out`;
  terminal.err(
    `${number(drawn)} of ${plural(records, 'record')} drawn from ${number(sampler.strata())} strata${left}.\n`,
  );
  return 0;
}
