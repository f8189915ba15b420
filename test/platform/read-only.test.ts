import assert from 'node:assert/strict';
import { chownSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { requireProgram } from '../support/skip.ts';
import { startProcess } from '../support/start-process.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

const root = join(import.meta.dirname, '../..');
const USER = 1000;

/** Runs a program where every file system but that of one folder can only be read, as a user who is not root and cannot become it: as the image is to be run. */
function confine(writable: string): readonly [string, ...string[]] {
  const script = `mount --bind "${writable}" "${writable}" && mount -o remount,bind,ro / && exec "$@"`;
  const user = ['setpriv', `--reuid=${USER}`, `--regid=${USER}`, '--clear-groups', '--no-new-privs', '--inh-caps=-all'];
  return ['unshare', '--mount', 'sh', '-c', script, 'confined', ...user];
}

describe('a gateway on a file system that can only be read', () => {
  it('serves as a user who is not root, with nothing to write to but its data folder', async (t) => {
    if (process.getuid?.() !== 0) {
      console.log('skipped: only root can make the file system read-only');
      t.skip('not root');
      return;
    }
    if (requireProgram(t, 'unshare') === undefined || requireProgram(t, 'setpriv') === undefined) return;
    const dataDir = join(makeTempDirectory(t), 'state');
    mkdirSync(dataDir);
    chownSync(dataDir, USER, USER);
    chownSync(join(dataDir, '..'), USER, USER);
    const own = confine(dataDir);
    const touch = startProcess(t, ['touch', join(root, 'src/written')], { program: own });
    assert.equal((await touch.ended).code, 1);
    assert.match(touch.stderr(), /Read-only file system/, 'the wall holds');

    const gateway = startProcess(t, ['serve', '--port', '0', '--host', '127.0.0.1'], {
      program: [...own, process.execPath, join(root, 'bin/signalbox.mjs')],
      cwd: root,
      env: {
        ...{ SIGNALBOX_DATA_DIR: dataDir, SIGNALBOX_ENV: 'development', SIGNALBOX_POLICIES: join(root, 'policies') },
        HOME: '/nonexistent',
      },
    });
    const [, url = ''] = await gateway.waitForLine(/^(http:\/\/[^\s/]+:\d+)/, 60_000);
    const ask = async (fields: object) => {
      const body = JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello' }], ...fields });
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`${url}/v1/chat/completions`, { method: 'POST', headers, body });
      return { status: answer.status, text: await answer.text() };
    };
    const whole = await ask({});
    assert.equal(whole.status, 200, whole.text);
    assert.match((await ask({ stream: true })).text, /\[DONE\]/);
    for (const path of ['/healthz', '/readyz', '/metrics']) {
      assert.equal((await fetch(`${url}${path}`)).status, 200, path);
    }
    assert.equal((await fetch(`${url}/admin/reload`, { method: 'POST' })).status, 200);
    const { pid } = JSON.parse(await (await fetch(`${url}/admin/status`)).text());
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    assert.match(status, new RegExp(`^Uid:\\t${USER}\\t${USER}\\t${USER}\\t${USER}$`, 'm'));
    assert.match(status, /^CapEff:\t0+$/m);
    assert.equal((await gateway.stop()).code, 0, gateway.stderr());
    assert.ok(readdirSync(join(dataDir, 'records')).length > 0, 'records were written');
    assert.doesNotMatch(gateway.stderr(), /EROFS|EACCES|read-only file system/i, 'nothing else was tried');
  });
});
