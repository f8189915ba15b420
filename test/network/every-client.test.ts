import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createGuardedAgent, createReach, type Reach } from '#network';
import { postJson } from '../../src/alerts/channels/post-json.ts';
import { sendMail } from '../../src/alerts/index.ts';
import { fetchToken } from '../../src/upstream/auth/fetch-token.ts';
import { createCallStore } from '../../src/upstream/index.ts';
import { sampleMails } from '../alerts/sample-mails.ts';
import { startScriptedUpstream } from '../support/scripted-upstream.ts';
import { startDns } from '../support/start-dns.ts';
import { startSmtp } from '../support/start-smtp.ts';

const REFUSAL = /service\.corp\.example leads to this machine; if that is meant, list it in `privateHosts`/;

/** Each way out of the gateway that follows a name of the policies, beside those of providers. */
const CLIENTS: Readonly<Record<string, (port: number, reach: Reach) => Promise<unknown>>> = {
  'a message to a receiver': (port, reach) =>
    postJson({ url: `http://service.corp.example:${port}/`, body: {}, secret: null, nowMs: 0, reach }),
  'a secret store': (port, reach) =>
    createCallStore(reach)({
      ...{ method: 'GET', url: `http://service.corp.example:${port}/`, headers: {}, timeoutMs: 5000 },
    }),
  'a token of a cloud': (port, reach) =>
    fetchToken({ url: `http://service.corp.example:${port}/`, form: {}, nowMs: Date.now, reach }),
};

describe('names that lead to this machine', () => {
  for (const [name, call] of Object.entries(CLIENTS)) {
    it(`are called for ${name} where they are listed, and else not`, async (t) => {
      const dns = await startDns(t, () => ['127.0.0.1']);
      const server = await startScriptedUpstream();
      t.after(() => server.close());
      server.otherwise({ body: { access_token: 'abc', expires_in: 60 } });
      const port = Number(new URL(server.url).port);
      const reach = createReach({ resolve: dns.resolve });
      await assert.rejects(call(port, reach), REFUSAL);
      assert.equal(server.connections().total, 0);
      reach.use(['service.corp.example']);
      await call(port, reach);
      assert.equal(server.requests.length, 1);
    });
  }

  it('are called for a mail where they are listed, and else not', async (t) => {
    const dns = await startDns(t, () => ['127.0.0.1']);
    const smtp = await startSmtp(t);
    const reach = createReach({ resolve: dns.resolve });
    const serverUrl = `smtp://service.corp.example:${smtp.port}?tls=optional`;
    const [sample] = sampleMails();
    assert.ok(sample);
    const settings = { from: 'a@example.com', serverUrl, ca: null, dkim: null };
    await assert.rejects(sendMail(settings, sample.mail, reach), REFUSAL);
    // Numbers are addresses, of which no URL of mail makes one spelling.
    await assert.rejects(
      sendMail({ ...settings, serverUrl: `smtp://2130706433:${smtp.port}?tls=optional` }, sample.mail, reach),
      /2130706433 leads to this machine/,
    );
    reach.use(['service.corp.example']);
    await sendMail(settings, sample.mail, reach);
    assert.equal(smtp.mails.length, 1);
  });

  it('are left by kept connections once they are listed no more', async (t) => {
    const dns = await startDns(t, () => ['127.0.0.1']);
    const reach = createReach({ resolve: dns.resolve });
    const agent = createGuardedAgent(reach);
    reach.use(['a.example']);
    const first = await agent.current();
    reach.use(['a.example']);
    assert.equal(await agent.current(), first, 'the same list changes nothing');
    reach.use([]);
    assert.notEqual(await agent.current(), first);
    assert.equal(first.closed, true);
  });
});
