import { once } from 'node:events';
import { openProcessLog } from '#telemetry';

/** Writes that many lines to the log of this process, and exits at once, or says so and waits until its standard input ends. */
const [, , count = '0', mode = 'exit'] = process.argv;
const log = openProcessLog({ level: 'info', isForPeople: false, hasColours: false, descriptor: 2 });
for (let n = 0; n < Number(count); n++) log.info({ n }, 'a line');
if (mode === 'wait') {
  process.stdout.write('all written\n');
  process.stdin.resume();
  await once(process.stdin, 'end');
}
process.exit(0);
