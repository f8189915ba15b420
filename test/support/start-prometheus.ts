import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { findFreePort } from './free-port.ts';
import { until } from './start-redis.ts';
import { type Cleanup, makeTempDirectory } from './temp-directory.ts';

const OPS = join(import.meta.dirname, '../../ops');

/** One value of an answer of Prometheus. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

/** Scrapes a gateway five times a second, and evaluates the shipped rules as often. */
export async function startPrometheus(t: Cleanup, program: string, target: string) {
  const port = await findFreePort();
  const cwd = makeTempDirectory(t, {
    'prometheus.yaml': [
      'global: { scrape_interval: 200ms, scrape_timeout: 200ms, evaluation_interval: 200ms }',
      `rule_files: ["${join(OPS, 'prometheus/rules.yaml')}"]`,
      `scrape_configs: [{ job_name: ai, static_configs: [{ targets: ["${target}"] }] }]`,
    ].join('\n'),
  });
  const child = spawn(
    program,
    [
      ...['--config.file=prometheus.yaml', '--storage.tsdb.path=data', '--log.level=error'],
      '--enable-feature=exemplar-storage',
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { cwd, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let problems = '';
  child.stderr.on('data', (part) => (problems += part));
  t.after(async () => {
    child.kill();
    if (child.exitCode === null) await once(child, 'exit');
  });
  async function api(path: string) {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/${path}`);
    const body = (await answer.json()) as { status: string; error?: string; data: unknown };
    assert.equal(body.status, 'success', `${path}: ${body.error} ${problems}`);
    // biome-ignore lint/suspicious/noExplicitAny: the shape is Prometheus'
    return body.data as any;
  }
  const isReady = () =>
    fetch(`http://127.0.0.1:${port}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  await until(isReady);
  return {
    api,
    query: async (expr: string): Promise<readonly Sample[]> =>
      (await api(`query?query=${encodeURIComponent(expr)}`)).result,
  };
}
