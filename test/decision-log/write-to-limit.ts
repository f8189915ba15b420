import { openSink } from '../../src/decision-log/sink.ts';

/** Writes one record that fits under the limit on file sizes set for this process, then more than fit, and says what became of them. */
const [, , directory = ''] = process.argv;
const problems: string[] = [];
const sink = openSink({
  directory,
  limits: () => ({ maxFileBytes: 1_000_000, retainMs: 86_400_000 }),
  nowMs: () => Date.UTC(2026, 10, 23, 12),
  pid: process.pid,
  onProblem: (_error, text) => problems.push(text),
  flushEveryMs: 3_600_000,
});
const line = (id: string): string =>
  JSON.stringify({ v: 1, id, at: '2026-11-23T23:59:50.000Z', request: { endpoint: 'chat' }, x: 'x'.repeat(100) });

sink.write(line('r1'));
await sink.flush();
for (let n = 0; n < 20; n++) sink.write(line(`r${n + 2}`));
await sink.flush();
await sink.flush();
process.stdout.write(JSON.stringify({ waiting: sink.pending().length, problems: problems.length }));
