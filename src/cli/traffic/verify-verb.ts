import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { createStatsCounter, digestFile, type LockedRecording, leaksOf, number, plural, writeLock } from '#replay';
import { textOption } from '../options.ts';
import { safeText } from '../report/safe-text.ts';
import { UsageError } from '../usage-error.ts';
import type { ExitCode, VerbCall } from '../verb.ts';
import { lockProblem, openLock } from './check-lock.ts';
import { readRecordings } from './read-recording.ts';

const MOST = 20;

/** `signalbox traffic verify FILES`: refuses recordings that hold more than records may; with `--lock` also those that are not as pinned. Exit 1 for a refusal. */
export async function verifyVerb({ options, args, terminal }: VerbCall): Promise<ExitCode> {
  if (args.length === 0) throw new UsageError('no recording is named', 'signalbox traffic verify FILE.ndjson.gz');
  const lockFile = textOption(options.lock);
  if (options.update === true && lockFile === undefined)
    throw new UsageError('--update writes a lock file, and none is named', 'Add --lock FILE.');
  const found: string[] = [];
  const pinned: LockedRecording[] = [];
  let leaks = 0;
  for (const path of args) {
    const counter = createStatsCounter();
    const name = safeText(path);
    await readRecordings(
      [path],
      (record, line) => {
        counter.add(record);
        for (const { field, what } of leaksOf(record)) {
          leaks += 1;
          if (found.length < MOST) found.push(`${name}:${line}: ${safeText(field)}: ${what}`);
        }
      },
      ({ line, message }) => {
        leaks += 1;
        if (found.length < MOST) found.push(`${name}:${line}: ${message}`);
      },
    );
    const { records, from, to, strata } = counter.stats();
    if (records === 0 && leaks === 0) throw new UsageError(`${path} holds no record`, null);
    if (lockFile !== undefined)
      pinned.push({
        name: basename(path),
        ...(await digestFile(path)),
        records,
        from,
        to,
        strata: strata.length,
        schema: 1,
      });
  }
  for (const line of found) terminal.out(`${line}\n`);
  if (leaks > found.length) terminal.out(`and ${number(leaks - found.length)} more\n`);
  if (leaks > 0) {
    terminal.err(
      `Refused: ${plural(leaks, 'finding')}. Nothing of this may be published; record anew, or take the lines out.\n`,
    );
    return 1;
  }
  if (lockFile !== undefined && options.update === true) {
    await writeFile(lockFile, writeLock(pinned));
    terminal.out(`${plural(pinned.length, 'recording')} pinned in ${lockFile}.\n`);
    return 0;
  }
  if (lockFile !== undefined) {
    const lock = await openLock(lockFile);
    for (const path of args) {
      const problem = await lockProblem(lock, path);
      if (problem === null) continue;
      terminal.out(`${safeText(path)} ${problem}\n`);
      return 1;
    }
  }
  terminal.out(`${plural(args.length, 'recording')} verified: no secret, no address, nothing but records.\n`);
  return 0;
}
