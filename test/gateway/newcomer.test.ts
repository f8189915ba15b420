import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import OpenAI from 'openai';
import { startScriptedUpstream } from '../support/scripted-upstream.ts';
import { ask, post, startTestGateway } from './harness.ts';
import { ANTHROPIC, OPENAI } from './provider-answers.ts';

const policies = join(import.meta.dirname, '../../policies');

describe('a newcomer with the shipped policies and no key at all', () => {
  it('gets an answer from the sandbox, and the headers tell what was skipped and why', async (t) => {
    const gateway = await startTestGateway(t, {}, { policies });
    const answer = await post(gateway, '/v1/chat/completions', ask('gpt-4o'));
    assert.equal(answer.status, 200, answer.text);
    assert.match(answer.json.choices[0].message.content, /^\[sandbox\]/);
    const header = (name: string) => answer.headers.get(`x-signalbox-${name}`);
    assert.equal(header('provider'), 'sandbox');
    assert.equal(header('fallback'), 'secret-missing');
    assert.match(header('skipped') ?? '', /premium\/gpt secret-missing env:OPENAI_API_KEY/);
    assert.match(header('cost-usd') ?? '', /^\d+\.\d{6}$/);
    assert.match(header('budget-remaining') ?? '', /^[\w-]+=[\d.]+;\w+$/);
    assert.equal(header('cache'), 'off');
  });

  it('sees fallback, errors and slowness when the sandbox is told to', async (t) => {
    const gateway = await startTestGateway(t, {}, { policies });
    const told = (sandbox: string, stream = false) =>
      post(gateway, '/v1/chat/completions', ask('gpt-4o', { stream }), {
        'x-signalbox-metadata': JSON.stringify({ sandbox }),
      });
    const failed = await told('fail:503');
    assert.deepEqual([failed.status, failed.json.error.code], [503, 'chain_exhausted'], failed.text);
    const limited = await told('rate-limit:90s');
    assert.deepEqual([limited.status, limited.json.error.code], [429, 'chain_exhausted'], limited.text);
    assert.deepEqual([limited.headers.get('retry-after'), limited.headers.get('x-should-retry')], ['90', 'false']);
    const cut = await told('cut-after:3', true);
    assert.match(cut.text, /stream_interrupted/);
    assert.doesNotMatch(cut.text, /\[DONE\]/);
    const wrong = await told('explode');
    assert.equal(wrong.status, 400, wrong.text);
    assert.match(wrong.json.error.message, /explode/);
  });

  it('finds its existing client code working, whatever its key is', async (t) => {
    const gateway = await startTestGateway(t, {}, { policies });
    const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'any-key', maxRetries: 0 });
    const answer = await client.chat.completions.create({
      model: 'gpt-4o',
      messages: [{ role: 'user', content: 'Hello' }],
    });
    assert.match(answer.choices[0]?.message.content ?? '', /Hello/);
  });

  it('with the three-target configuration of the README and a wrong first key, gets the second provider’s answer', async (t) => {
    const openai = await startScriptedUpstream();
    const anthropic = await startScriptedUpstream();
    t.after(async () => {
      await openai.close();
      await anthropic.close();
    });
    openai.otherwise(OPENAI.error(401));
    anthropic.otherwise(ANTHROPIC.stream);
    const gateway = await startTestGateway(t, {}, { policies });
    const client = new OpenAI({
      apiKey: 'any-key',
      baseURL: `${gateway.url}/v1`,
      maxRetries: 0,
      defaultHeaders: {
        'x-portkey-config': JSON.stringify({
          strategy: { mode: 'fallback' },
          retry: { count: 5 },
          targets: [
            {
              provider: 'openai',
              api_key: 'wrong',
              custom_host: `${openai.url}/v1`,
              override_params: { model: 'gpt-4o' },
            },
            {
              provider: 'anthropic',
              api_key: 'right',
              custom_host: `${anthropic.url}/v1`,
              override_params: { model: 'claude-sonnet-4-5' },
            },
            { provider: 'google', api_key: 'right', override_params: { model: 'gemini-2.5-pro' } },
          ],
        }),
      },
    });
    const { data: stream, response } = await client.chat.completions
      .create({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello' }], stream: true })
      .withResponse();
    let text = '';
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
    assert.equal(text, 'Hi there');
    assert.equal(response.headers.get('x-signalbox-provider'), 'anthropic');
    assert.equal(response.headers.get('x-signalbox-model'), 'anthropic/claude-sonnet-4-5');
    assert.equal(response.headers.get('x-signalbox-fallback'), 'auth');
    assert.equal(response.headers.get('x-signalbox-attempts'), '2');
  });
});
