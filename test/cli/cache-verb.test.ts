import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { ask, policyFiles, post, SECRETS, startProviders, startTestGateway } from '../gateway/harness.ts';
import { OPENAI } from '../gateway/provider-answers.ts';
import { startProcess } from '../support/start-process.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

const caches = `apiVersion: signalbox/v1
kind: Cache
metadata: { name: kept }
spec: { mode: exact, ttl: 1h }
---
apiVersion: signalbox/v1
kind: Route
metadata: { name: cached }
spec: { match: { models: [faq] }, chain: all, cache: kept, tags: [help] }
`;

async function start(t: TestContext) {
  const providers = await startProviders(t);
  providers.openai.otherwise(OPENAI.whole);
  const gateway = await startTestGateway(t, policyFiles(providers, { 'caches.yaml': caches }), { env: SECRETS });
  const run = async (...args: string[]) => {
    const child = startProcess(t, ['cache', ...args, '--url', gateway.url], { env: {} });
    const { code } = await child.ended;
    return { code, out: child.stdout(), err: child.stderr() };
  };
  return { providers, gateway, run };
}

describe('signalbox cache', () => {
  it('warm fills a cache from a file, and purge empties it by what it names', async (t) => {
    const { providers, gateway, run } = await start(t);
    const folder = makeTempDirectory(t, {
      'faq.txt':
        '# the questions of the help page\nHow do I return an item?\n\n{"messages": [{"role": "user", "content": "Do you ship abroad?"}]}\n{"path": "/v1/messages", "body": {"max_tokens": 9, "messages": [{"role": "user", "content": "Hello"}]}}\n',
    });
    const file = join(folder, 'faq.txt');
    const first = await run('warm', file, '--model', 'faq');
    assert.deepEqual([first.code, first.out], [0, '3 asked, 0 held already, 0 not kept, 0 failed; 0.000117 USD\n']);
    const again = await run('warm', file, '--model', 'faq');
    assert.match(again.out, /^0 asked, 3 held already/);
    const hit = await post(gateway, '/v1/chat/completions', {
      ...ask('faq'),
      messages: [{ role: 'user', content: 'Do you ship abroad?' }],
    });
    assert.equal(hit.headers.get('x-signalbox-cache'), 'hit');
    assert.equal(
      (await run('purge', '--key', (hit.headers.get('x-signalbox-cache-key') ?? '').slice(0, 16))).out,
      '1 answer thrown away\n',
    );
    assert.equal((await run('purge', '--route', 'other')).out, '0 answers thrown away\n');
    assert.equal((await run('purge', '--tag', 'help', '--consumer', 'guest')).out, '2 answers thrown away\n');
    assert.equal(providers.openai.requests.length, 3);
  });

  it('says what it cannot do', async (t) => {
    const { run, providers } = await start(t);
    const nothing = await run('purge');
    assert.equal(nothing.code, 2);
    assert.match(nothing.err, /names nothing/);
    assert.match((await run('purge', '--key', 'zz')).err, /hex digits/);
    const folder = makeTempDirectory(t, { 'q.txt': 'A question\n', 'bad.txt': '{"messages": \n' });
    assert.match((await run('warm', join(folder, 'q.txt'))).err, /q.txt:1: a question in plain text needs a model/);
    assert.match((await run('warm', join(folder, 'bad.txt'))).err, /bad.txt:1 is no JSON object/);
    providers.openai.otherwise({ status: 500, body: '{}' });
    const failed = await run('warm', join(folder, 'q.txt'), '--model', 'to-openai');
    assert.equal(failed.code, 1);
    assert.match(failed.err, /q.txt:1: answered 500 chain_exhausted/);
  });
});
