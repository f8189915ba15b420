import { KILL_FILES, killRounds } from '../test/money/kill-rounds.ts';
import { findProgram } from '../test/support/skip.ts';
import { startRedis } from '../test/support/start-redis.ts';
import { makeTempDirectory } from '../test/support/temp-directory.ts';

/**
 * Kills a gateway in the middle of 1,000 requests, 20 times over one ledger, once with the embedded store and once with Redis, and checks after each kill that nothing
 * answered is lost and nothing is charged twice, and after each restart that usage ledger and budgets agree to the micro-dollar: `node scripts/soak-gateway.ts [rounds] [requests] [embedded|redis]`. Ends with 1 where that does not hold.
 */
const rounds = Number(process.argv[2] ?? 20);
const requests = Number(process.argv[3] ?? 1000);
const place = process.argv[4] ?? 'both';
const cleanups: (() => void | Promise<void>)[] = [];
const cleanup = { after: (clean: () => void | Promise<void>) => void cleanups.push(clean) };

/** Somewhere between the first answers and the last ones, another place each time, and amid each group of 25 that run at once: at its end nothing may be under way. */
const killAfter = Array.from({ length: rounds }, (_, at) => {
  const after = Math.round(requests * (0.05 + (0.85 * at) / rounds));
  return after - (after % 25) + 12;
});

async function run(name: string, storeUrl: string | null): Promise<void> {
  const startedMs = performance.now();
  const cwd = makeTempDirectory(cleanup, KILL_FILES);
  const onRound = () => void process.stderr.write('.');
  const report = await killRounds(cleanup, { cwd, storeUrl, requests, killAfter, comparesEach: true, onRound });
  if (report.ended === 0) throw new Error('no request was under way at any kill: the rounds show nothing');
  const seconds = Math.round((performance.now() - startedMs) / 1000);
  process.stdout.write(`${name}: ${rounds} kills in ${seconds} s ${JSON.stringify(report)}\n`);
}

try {
  if (place !== 'redis') await run('embedded store', null);
  const program = findProgram('redis-server');
  if (program === undefined) process.stdout.write('skipped: no redis-server\n');
  else if (place !== 'embedded') await run('Redis', `${(await startRedis(cleanup, program)).url}?timeout=10000`);
} finally {
  for (const clean of cleanups.reverse()) await clean();
}
