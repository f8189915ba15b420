import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { welcome } from '../../src/cli/serve/welcome.ts';
import { runProcess, startGateway, startProcess } from '../support/start-process.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { shop } from './policies-for-verbs.ts';

const broken = {
  ...shop,
  'policies/chains.yaml': (shop['policies/chains.yaml'] ?? '').replace('targets:', 'targest:'),
};
const token = { SIGNALBOX_ADMIN_TOKEN: 'the-admin-token' };

describe('signalbox serve', () => {
  it('says where it listens, on one line of stdout, and keeps prose out of collected logs', async (t) => {
    const gateway = await startGateway(t, [], { cwd: makeTempDirectory(t, shop) });
    assert.match(gateway.stdout(), /^http:\/\/127\.0\.0\.1:\d+ development [0-9a-f]{12}\n$/);
    assert.equal((await gateway.stop()).code, 0);
    for (const line of gateway.stderr().trim().split('\n')) assert.equal(typeof JSON.parse(line).msg, 'string');
  });

  it('greets on a terminal with what serves, what is skipped and why, and a call to try', () => {
    const target = { id: 'premium/gpt', provider: 'openai', model: 'openai/gpt-4o' };
    const problem = 'the environment variable OPENAI_API_KEY is not set';
    const status = {
      environment: 'development',
      revision: 'f021da7a6811',
      fromLastGood: false,
      counts: { routes: 2, chains: 1, consumers: 2, budgets: 1, inFlight: 0, recordsDropped: 0 },
      targets: [
        { ...target, status: 'secret-missing', problem },
        { ...target, id: 'premium/sandbox', status: 'ready', problem: null },
      ],
    };
    const text = welcome({
      url: 'http://127.0.0.1:8787',
      status: status as unknown as Parameters<typeof welcome>[0]['status'],
      policies: 'policies',
      records: '.signalbox/records',
    });
    for (const part of [
      /development, revision f021da7a6811/,
      /2 routes, 1 chains/,
      /1 of 2 ready/,
      /1 skipped: .*OPENAI_API_KEY/,
      /curl .*8787/,
    ]) {
      assert.match(text, part);
    }
  });

  it('takes its settings from the environment', async (t) => {
    const running = startProcess(t, ['serve'], {
      cwd: makeTempDirectory(t, shop),
      env: {
        SIGNALBOX_ENV: 'production',
        SIGNALBOX_PORT: '0',
        SIGNALBOX_HOST: '127.0.0.1',
        SIGNALBOX_POLICIES: 'policies',
      },
    });
    await running.waitForLine(/^http:\/\/127\.0\.0\.1:\d+ production /);
    assert.equal((await running.stop('SIGINT')).code, 0);
  });

  it('refuses with every finding and 1 what does not compile, with 2 what is not there', async (t) => {
    const refused = await runProcess(t, ['serve', '--port', '0'], { cwd: makeTempDirectory(t, broken) });
    assert.deepEqual([refused.code, refused.stdout], [1, '']);
    assert.match(refused.stderr, /policies\/chains\.yaml:8:3 error schema\/unknown-key[\s\S]*Did you mean `targets`\?/);
    const cases: readonly (readonly [args: string, message: RegExp])[] = [
      ['--policies nowhere', /does not exist/],
      ['--env prod', /no environment "prod"/],
      ['--port http', /--port is a whole number/],
      ['--workers 0', /--workers is a whole number/],
      ['--git https://example.com/policies', /--git is not in this version/],
      ['--workers 2 --policies nowhere', /does not exist/],
    ];
    for (const [args, message] of cases) {
      const run = await runProcess(
        t,
        ['serve', ...(args.includes('--port') ? [] : ['--port', '0']), ...args.split(' ')],
        { cwd: makeTempDirectory(t, shop) },
      );
      assert.equal(run.code, 2, `${args}: ${run.stderr}`);
      assert.match(run.stderr, message);
    }
  });

  it('says when its port is taken', async (t) => {
    const other = createServer().listen(0, '127.0.0.1');
    t.after(() => other.close());
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const run = await runProcess(t, ['serve', '--port', `${port}`], { cwd: makeTempDirectory(t, shop) });
    assert.equal(run.code, 2);
    assert.match(run.stderr, new RegExp(`port ${port} is taken`));
  });

  it('shares one port among workers, replaces one that dies, and ends them all', async (t) => {
    const gateway = await startGateway(t, ['--workers', '2'], { cwd: makeTempDirectory(t, shop), env: token });
    assert.equal(gateway.stdout().split('\n').length, 2, 'one line for all of them');
    const pid = async (): Promise<number> => {
      const answer = await fetch(`${gateway.url}/admin/status`, {
        headers: { authorization: `Bearer ${token.SIGNALBOX_ADMIN_TOKEN}`, connection: 'close' },
      });
      return ((await answer.json()) as { pid: number }).pid;
    };
    const pids = new Set([await pid(), await pid()]);
    assert.ok(!pids.has(gateway.child.pid ?? 0));
    process.kill([...pids][0] ?? 0, 'SIGKILL');
    while (!/another one starts/.test(gateway.stderr())) await once(gateway.child.stderr ?? gateway.child, 'data');
    assert.equal((await fetch(`${gateway.url}/readyz`)).status, 200);
    assert.equal((await gateway.stop()).code, 0);
    assert.doesNotMatch(gateway.stderr(), /a limit holds for each of them/);
  });
});

describe('signalbox serve --workers', () => {
  it('is scraped as one: every worker tells what all have counted, and nothing falls when one dies', async (t) => {
    const gateway = await startGateway(t, ['--workers', '2'], { cwd: makeTempDirectory(t, shop), env: token });
    // A connection of its own for each, so that they are spread.
    const call = async (path: string, init: RequestInit = {}) => {
      const answer = await fetch(`${gateway.url}${path}`, { ...init, headers: { connection: 'close' } });
      return await answer.text();
    };
    const count = async () => {
      const text = await call('/metrics');
      const sum = (name: string) =>
        [...text.matchAll(new RegExp(`^${name}\\{[^}]*\\} (\\d+)`, 'gm'))].reduce((all, [, n]) => all + Number(n), 0);
      return [
        sum('signalbox_requests_total'),
        sum('gen_ai_client_operation_duration_count'),
        sum('signalbox_config_info'),
      ];
    };
    for (let n = 0; n < 20; n++) await call('/v1/chat/completions', { method: 'POST', body: '{}' });
    for (let n = 0; n < 4; n++) assert.deepEqual(await count(), [20, 20, 1]);
    const { pid } = JSON.parse(
      await (
        await fetch(`${gateway.url}/admin/status`, { headers: { authorization: 'Bearer the-admin-token' } })
      ).text(),
    ) as { readonly pid: number };
    process.kill(pid, 'SIGKILL');
    while (!/another one starts/.test(gateway.stderr())) await once(gateway.child.stderr ?? gateway.child, 'data');
    assert.deepEqual(await count(), [20, 20, 1]);
    assert.equal((await gateway.stop()).code, 0);
  });

  it('warns where a store in memory gives each of them its own budgets', async (t) => {
    const env = { SIGNALBOX_REDIS_URL: 'memory:' };
    const gateway = await startGateway(t, ['--workers', '2'], { cwd: makeTempDirectory(t, shop), env });
    while (!/2 processes share the port; .* so a limit holds for each of them/.test(gateway.stderr()))
      await once(gateway.child.stderr ?? gateway.child, 'data');
    assert.equal((await gateway.stop()).code, 0);
  });
});

describe('signalbox status and reload', () => {
  it('tell what serves, what was refused, and end accordingly', async (t) => {
    const cwd = makeTempDirectory(t, shop);
    const gateway = await startGateway(t, [], { cwd, env: token });
    const at = ['--url', gateway.url];
    const ready = await runProcess(t, ['status', ...at], { cwd, env: token });
    assert.equal(ready.code, 0, ready.stderr);
    assert.match(ready.stdout, /^ready development revision [0-9a-f]{12}/);
    assert.match(ready.stdout, /premium\/gpt[^\n]*\n {4}secret-missing: .*OPENAI_API_KEY/);

    const same = await runProcess(t, ['reload', ...at], { cwd, env: token });
    assert.deepEqual([same.code, /in service already/.test(same.stdout)], [0, true]);
    const chains = join(cwd, 'policies/chains.yaml');
    const before = readFileSync(chains, 'utf8');
    writeFileSync(chains, broken['policies/chains.yaml'] ?? '');
    const refused = await runProcess(t, ['reload', ...at], { cwd, env: token });
    assert.equal(refused.code, 1);
    assert.match(
      refused.stdout,
      /refused; revision [0-9a-f]{12} stays in service\n {2}chains\.yaml:8:3 error schema\/unknown-key/,
    );
    const degraded = await runProcess(t, ['status', ...at], { cwd, env: token });
    assert.equal(degraded.code, 1);
    assert.match(degraded.stdout, /^degraded[\s\S]*a newer tree was refused[\s\S]*schema\/unknown-key/);

    writeFileSync(chains, before.replace('total: 20s', 'total: 30s'));
    const accepted = await runProcess(t, ['reload', ...at], { cwd, env: token });
    assert.deepEqual([accepted.code, /in service/.test(accepted.stdout)], [0, true]);
  });

  it('end with 2 when no gateway answers, or one that does not know the token', async (t) => {
    const cwd = makeTempDirectory(t, shop);
    const nobody = await runProcess(t, ['status', '--url', 'http://127.0.0.1:1'], { cwd });
    assert.equal(nobody.code, 2);
    assert.match(nobody.stderr, /no gateway answers at http:\/\/127\.0\.0\.1:1/);
    const gateway = await startGateway(t, ['--env', 'production'], { cwd, env: token });
    const refused = await runProcess(t, ['reload', '--url', gateway.url], {
      cwd,
      env: { SIGNALBOX_ADMIN_TOKEN: 'another' },
    });
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /refuses the admin token/);
    assert.ok(!refused.stderr.includes('another'));
  });
});
