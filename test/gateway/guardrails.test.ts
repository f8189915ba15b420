import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { chatAnswer, chatChunk, chatFrames, sse, usageChunk } from '../support/scripted-upstream.ts';
import type { Cleanup } from '../support/temp-directory.ts';
import { ask, policyFiles, post, SECRETS, startProviders, startTestGateway, type TestGateway } from './harness.ts';

const MAIL = 'jane.doe@example.com';

/** A gateway whose route `to-openai` has one guardrail with these checks. */
async function guarded(t: Cleanup, checks: readonly object[], fields: object = {}, route = '') {
  const providers = await startProviders(t);
  const spec = JSON.stringify({ checks, ...fields });
  const files = policyFiles(providers, {
    'guardrails.yaml': `apiVersion: signalbox/v1
kind: Guardrail
metadata: { name: safe }
spec: ${spec}
`,
    'guarded.yaml': `apiVersion: signalbox/v1
kind: Route
metadata: { name: guarded }
spec: { match: { models: [guarded] }, chain: only-openai, guardrails: [safe] ${route} }
---
apiVersion: signalbox/v1
kind: Route
metadata: { name: guarded-abroad }
spec: { match: { models: [guarded-abroad] }, chain: only-anthropic, guardrails: [safe] }
`,
  });
  const gateway = await startTestGateway(t, files, { env: SECRETS });
  return { gateway, openai: providers.openai, anthropic: providers.anthropic };
}

const BLOCK_WORDS = { id: 'words', check: 'deny-words', action: 'block', words: ['Project Aurora'] };
const MASK_MAIL = { id: 'mail', check: 'email-address', action: 'mask', restore: true };

/** The guardrail verdicts of every record that the gateway wrote. */
async function verdicts(gateway: TestGateway): Promise<readonly string[]> {
  await gateway.close(0);
  const directory = join(gateway.dataDir, 'records');
  const lines = readdirSync(directory).flatMap((file) =>
    readFileSync(join(directory, file), 'utf8').trim().split('\n'),
  );
  return lines.flatMap((line) =>
    (JSON.parse(line).guardrails ?? []).map(
      (found: Record<string, unknown>) => `${found.stage} ${found.check} ${found.action} ${found.count}`,
    ),
  );
}

describe('guardrails of a gateway', () => {
  it('refuse a request before any provider is called, naming guardrail and check and not what was found', async (t) => {
    const { gateway, openai } = await guarded(t, [BLOCK_WORDS]);
    const answer = await post(
      gateway,
      '/v1/chat/completions',
      ask('guarded', { messages: [{ role: 'user', content: 'About PROJECT aurora' }] }),
    );
    assert.equal(answer.status, 400);
    assert.equal(answer.headers.get('x-signalbox-error'), 'guardrail_blocked');
    assert.match(answer.json.error.message, /guardrail safe, check words/);
    assert.doesNotMatch(answer.text, /aurora/i);
    assert.equal(openai.requests.length, 0);
    assert.deepEqual(await verdicts(gateway), ['input words block 1']);
  });

  it('look at the whole history: instructions, earlier turns, arguments and results of tools', async (t) => {
    const { gateway, openai } = await guarded(t, [BLOCK_WORDS]);
    const call = (text: string) => ({ id: 'c1', type: 'function', function: { name: 'find', arguments: text } });
    const places = [
      [{ role: 'system', content: 'Project Aurora' }],
      [{ role: 'user', content: [{ type: 'text', text: 'Project Aurora' }] }],
      [{ role: 'assistant', content: 'Project Aurora' }],
      // Escaped, as some clients write every letter beyond ASCII, and here one within.
      [{ role: 'assistant', content: null, tool_calls: [call('{"q":"Project \\u0041urora"}')] }],
      [{ role: 'tool', tool_call_id: 'c1', content: '{"note":"Project \\u0041urora"}' }],
    ];
    for (const turns of places) {
      const messages = [...turns, { role: 'user', content: 'Go on.' }];
      const answer = await post(gateway, '/v1/chat/completions', ask('guarded', { messages }));
      assert.equal(answer.status, 400, JSON.stringify(turns));
    }
    const tools = [{ type: 'function', function: { name: 'find', description: 'Finds Project Aurora.' } }];
    assert.equal((await post(gateway, '/v1/chat/completions', ask('guarded', { tools }))).status, 400);
    assert.equal(openai.requests.length, 0);
  });

  it('look at what is sent: a key that comes twice is sent once, as it was read', async (t) => {
    const { gateway, openai } = await guarded(t, [BLOCK_WORDS]);
    openai.otherwise(chatAnswer('Hi'));
    const body =
      '{"model":"guarded","messages":[{"role":"user","content":"Project Aurora","content":"good day","n":1.0}]}';
    const { status } = await post(gateway, '/v1/chat/completions', body);
    assert.equal(status, 200);
    assert.doesNotMatch(openai.requests[0]?.bytes.toString() ?? '', /Aurora/);
    // Where nothing is ambiguous the bytes stay.
    await post(gateway, '/v1/chat/completions', body.replace('"content":"Project Aurora",', ''));
    assert.match(openai.requests[1]?.bytes.toString() ?? '', /"n":1\.0/);
  });

  it('mask what goes in, the same value always alike, and put it back into the answer', async (t) => {
    const { gateway, openai } = await guarded(t, [MASK_MAIL]);
    openai.enqueue(chatAnswer('I wrote to [EMAIL_1] and [EMAIL_2].'));
    const content = `Write to ${MAIL}, then bob@example.org, then ${MAIL}.`;
    const answer = await post(
      gateway,
      '/v1/chat/completions',
      ask('guarded', { messages: [{ role: 'user', content }], unknown_field: { kept: true } }),
    );
    assert.equal(answer.json.choices[0].message.content, `I wrote to ${MAIL} and bob@example.org.`);
    const sent = openai.requests[0]?.json;
    assert.equal(sent.messages[0].content, 'Write to [EMAIL_1], then [EMAIL_2], then [EMAIL_1].');
    assert.deepEqual(sent.unknown_field, { kept: true });
    assert.deepEqual(await verdicts(gateway), ['input mail mask 3', 'output mail pass 0']);
  });

  it('never take a placeholder that the caller wrote itself', async (t) => {
    const { gateway, openai } = await guarded(t, [MASK_MAIL]);
    openai.enqueue(chatAnswer('[EMAIL_1] and [EMAIL_2]'));
    const messages = [{ role: 'user', content: `[EMAIL_1] is no address, ${MAIL} is.` }];
    const answer = await post(gateway, '/v1/chat/completions', ask('guarded', { messages }));
    assert.equal(answer.json.choices[0].message.content, `[EMAIL_1] and ${MAIL}`);
  });

  it('put masks back into a stream, also when a placeholder is cut, and into arguments of tools', async (t) => {
    const { gateway, openai } = await guarded(t, [MASK_MAIL]);
    const tool = (text: string, head: object = {}) =>
      chatChunk({ tool_calls: [{ index: 0, ...head, function: { arguments: text } }] });
    openai.enqueue({
      chunks: [
        ...sse(
          chatChunk({ role: 'assistant', content: 'To [EM' }),
          chatChunk({ content: 'AIL_' }),
          chatChunk({ content: '1]!' }),
        ),
        ...sse(
          chatChunk({
            tool_calls: [
              { index: 0, id: 'c1', type: 'function', function: { name: 'send', arguments: '{"to":"[EMA' } },
            ],
          }),
          tool('IL_1]"}'),
          chatChunk({}, 'tool_calls'),
          usageChunk,
          '[DONE]',
        ),
      ],
    });
    const messages = [{ role: 'user', content: `Write to ${MAIL}.` }];
    const answer = await post(gateway, '/v1/chat/completions', ask('guarded', { messages, stream: true }));
    const { text, args } = said(answer.text);
    assert.equal(text, `To ${MAIL}!`);
    assert.deepEqual(JSON.parse(args), { to: MAIL });
    assert.match(answer.text, /data: \[DONE\]/);
  });

  it('end a stream by an error and without its mark of the end as soon as it is beyond doubt, and charge it', async (t) => {
    const { gateway, openai } = await guarded(t, [BLOCK_WORDS]);
    openai.enqueue({ chunks: [...chatFrames('The plan of Proj', 'ect Auro', 'ra is this: ', 'secret. '.repeat(50))] });
    const answer = await post(gateway, '/v1/chat/completions', ask('guarded', { stream: true }));
    assert.equal(answer.status, 200);
    assert.match(answer.text, /guardrail_blocked/);
    assert.doesNotMatch(answer.text, /\[DONE\]|Aurora|Auro|secret/);
    assert.match(said(answer.text).text, /^The plan of $/);
    const usage = await verdicts(gateway);
    assert.deepEqual(usage, ['input words pass 0', 'output words block 1']);
  });

  it('refuse with a status where the answer is gathered first', async (t) => {
    const { gateway, openai } = await guarded(t, [BLOCK_WORDS], { stream: 'buffer' });
    openai.enqueue({ chunks: chatFrames('Proj', 'ect Aurora') }, { chunks: chatFrames('All', ' is', ' well') });
    const refused = await post(gateway, '/v1/chat/completions', ask('guarded', { stream: true }));
    assert.equal(refused.status, 400);
    assert.equal(refused.json.error.code, 'guardrail_blocked');
    const answer = await post(gateway, '/v1/chat/completions', ask('guarded', { stream: true }));
    assert.equal(said(answer.text).text, 'All is well');
    assert.match(answer.text, /data: \[DONE\]/);
  });

  it('look at the words of a provider that refuses or breaks off too', async (t) => {
    const secret = `sk-proj-${'aB3dE6gH9j'.repeat(4)}`;
    const error = { message: `no room for ${MAIL}, about Project Aurora, by ${secret}`, type: 'invalid_request_error' };
    for (const [checks, kept, gone] of [
      [[MASK_MAIL], /\[EMAIL_1\], about Project Aurora/, /jane\.doe|sk-proj-aB3/],
      [[BLOCK_WORDS], /withheld \(guardrail safe, check words/, /Aurora|jane|sk-proj-aB3/],
    ] as const) {
      const { gateway, openai } = await guarded(t, checks, { stage: ['output'] });
      openai.enqueue({ status: 400, body: { error } });
      const refused = await post(gateway, '/v1/chat/completions', ask('guarded'));
      assert.equal(refused.status, 400);
      assert.equal(refused.headers.get('x-signalbox-error'), 'upstream_rejected');
      openai.enqueue({ chunks: [...sse(chatChunk({ role: 'assistant', content: 'Well, ' })), ...sse({ error })] });
      const broken = await post(gateway, '/v1/chat/completions', ask('guarded', { stream: true }));
      assert.match(broken.text, /stream_interrupted/);
      for (const { text } of [refused, broken]) {
        assert.match(text, kept);
        assert.doesNotMatch(text, gone);
      }
    }
  });

  it('check kept answers again, as JSON and as a stream', async (t) => {
    const providers = await startProviders(t);
    const guard = (words: string) => `apiVersion: signalbox/v1
kind: Guardrail
metadata: { name: safe }
spec: { stage: [output], checks: [{ id: words, check: deny-words, action: block, words: [${words}] }] }
`;
    const files = policyFiles(providers, {
      'guardrails.yaml': guard('nothing of the kind'),
      'guarded.yaml': `apiVersion: signalbox/v1
kind: Cache
metadata: { name: day }
spec: { mode: exact, ttl: 1d }
---
apiVersion: signalbox/v1
kind: Route
metadata: { name: guarded }
spec: { match: { models: [guarded] }, chain: only-openai, guardrails: [safe], cache: day }
`,
    });
    const gateway = await startTestGateway(t, files, { env: SECRETS });
    providers.openai.enqueue(chatAnswer('It is Project Aurora.'));
    const first = await post(gateway, '/v1/chat/completions', ask('guarded'));
    assert.equal(first.status, 200);
    const { writeFileSync } = await import('node:fs');
    writeFileSync(join(gateway.policies, 'guardrails.yaml'), guard('Project Aurora'));
    await gateway.reload('test');
    for (const stream of [false, true]) {
      const kept = await post(gateway, '/v1/chat/completions', ask('guarded', { stream }));
      assert.equal(kept.status, 400, `stream: ${stream}`);
      assert.equal(kept.json.error.code, 'guardrail_blocked');
    }
    assert.equal(providers.openai.requests.length, 1);
  });
});

/** Text and arguments of a streamed chat answer. */
function said(stream: string): { readonly text: string; readonly args: string } {
  const frames = stream.split('\n').flatMap((line) => {
    const data = line.startsWith('data: {') ? JSON.parse(line.slice(6)) : null;
    return data?.choices?.[0]?.delta ?? [];
  });
  return {
    text: frames.map(({ content }) => content ?? '').join(''),
    args: frames.map(({ tool_calls }) => tool_calls?.[0]?.function?.arguments ?? '').join(''),
  };
}
