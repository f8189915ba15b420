import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CITED_ANSWERS } from '../dialects/answers/cited-answers.ts';
import { runVerb } from '../support/run-verb.ts';
import { ask, policyFiles, post, SECRETS, startProviders, startTestGateway, type TestGateway } from './harness.ts';

const { whole, stream } = CITED_ANSWERS['openai-chat'] ?? assert.fail();
const marked = {
  model: 'to-openai',
  max_tokens: 99,
  messages: [
    {
      role: 'user',
      content: [{ type: 'text', text: 'A secret plan', cache_control: { type: 'ephemeral', ttl: '1h' } }],
    },
  ],
};

async function recordOf(gateway: TestGateway, id: string | null) {
  const response = await fetch(`${gateway.url}/admin/records/${id}`);
  assert.equal(response.status, 200);
  return (await response.json()) as { readonly outcome: { readonly lost?: object } };
}

async function start(t: Parameters<typeof startProviders>[0], more: Readonly<Record<string, string>> = {}) {
  const providers = await startProviders(t);
  return { providers, gateway: await startTestGateway(t, policyFiles(providers, more), { env: SECRETS }) };
}

describe('what crossing between dialects leaves out', () => {
  it('of a whole answer stands in a header and in the record', async (t) => {
    const { providers, gateway } = await start(t);
    providers.openai.otherwise({ body: whole });
    const answer = await post(gateway, '/api/chat', ask('to-openai', { stream: false }));
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.headers.get('x-signalbox-lost'), 'answer citations');
    const { outcome } = await recordOf(gateway, answer.headers.get('x-signalbox-request-id'));
    assert.deepEqual(outcome.lost, { answer: ['citations'] });
  });

  it('of a request stands there too, and is sent all the same', async (t) => {
    const { providers, gateway } = await start(t);
    providers.openai.otherwise({ body: whole });
    const answer = await post(gateway, '/v1/messages', marked);
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.headers.get('x-signalbox-lost'), 'request cache_control');
    assert.equal(answer.headers.get('x-signalbox-dropped-params'), null);
    const { outcome } = await recordOf(gateway, answer.headers.get('x-signalbox-request-id'));
    assert.deepEqual(outcome.lost, { request: ['cache_control'] });
  });

  it('of a stream is told at its end, as a comment', async (t) => {
    const { providers, gateway } = await start(t);
    providers.openai.otherwise({ chunks: [stream] });
    const answer = await post(gateway, '/v1/messages', { ...marked, stream: true });
    assert.equal(answer.headers.get('x-signalbox-lost'), 'request cache_control');
    assert.match(
      answer.text,
      /\n\n: x-signalbox-lost=request cache_control; answer citations \(range\)\n\n(: x-signalbox-cost-usd=\S+\n\n)?event: message_delta/,
    );
    const { outcome } = await recordOf(gateway, answer.headers.get('x-signalbox-request-id'));
    assert.deepEqual(outcome.lost, { request: ['cache_control'], answer: ['citations (range)'] });
  });

  it('nothing is said where nothing is lost', async (t) => {
    const { providers, gateway } = await start(t);
    providers.openai.otherwise({ body: whole });
    const answer = await post(gateway, '/v1/chat/completions', ask('to-openai'));
    assert.equal(answer.headers.get('x-signalbox-lost'), null);
    assert.deepEqual(answer.json.choices[0].message.annotations, readAnnotations());
    const { outcome } = await recordOf(gateway, answer.headers.get('x-signalbox-request-id'));
    assert.equal('lost' in outcome, false);
  });

  it('explain says it of a record', async (t) => {
    const { providers, gateway } = await start(t);
    providers.openai.otherwise({ body: whole });
    const answer = await post(gateway, '/api/chat', ask('to-openai', { stream: false }));
    const id = answer.headers.get('x-signalbox-request-id') ?? assert.fail();
    // Until then the record may wait for its file.
    await gateway.close(0);
    const bin = ['explain', id, '--policies', gateway.policies, '--env', 'development'];
    const env = { ...SECRETS, SIGNALBOX_DATA_DIR: gateway.dataDir };
    const { stdout, stderr } = await runVerb(t, bin, { env });
    assert.match(stdout, /the caller could not be told of the answer: citations/, stderr);
  });
});

describe('guardrails and what stands beside an answer’s words', () => {
  const guarded = {
    'guard.yaml': `apiVersion: signalbox/v1
kind: Guardrail
metadata: { name: no-rain }
spec:
  stage: [output]
  stream: window
  checks:
    - { id: words, check: deny-words, words: ["rain"], action: mask }
---
apiVersion: signalbox/v1
kind: Route
metadata: { name: guarded }
spec: { match: { models: [guarded] }, chain: only-openai, guardrails: [no-rain] }
`,
  };
  const listed = [{ token: 'Hi rain', logprob: -0.1, bytes: null, top_logprobs: [] }];
  const annotation = {
    type: 'url_citation',
    url_citation: { start_index: 0, end_index: 7, url: 'https://example.com/a', title: 'All about rain' },
  };
  const body = {
    id: 'c1',
    model: 'm',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: 'Hi rain', annotations: [annotation] },
        logprobs: { content: listed },
        finish_reason: 'stop',
      },
    ],
  };

  it('a whole answer: sources are masked, probabilities withheld and named', async (t) => {
    const { providers, gateway } = await start(t, guarded);
    providers.openai.otherwise({ body });
    const answer = await post(gateway, '/v1/chat/completions', ask('guarded', { logprobs: true }));
    assert.equal(answer.status, 200, answer.text);
    assert.doesNotMatch(answer.text, /rain/i);
    assert.equal(answer.json.choices[0].message.annotations[0].url_citation.url, 'https://example.com/a');
    assert.equal(answer.headers.get('x-signalbox-lost'), 'answer logprobs (guardrail)');
  });

  it('a stream likewise', async (t) => {
    const { providers, gateway } = await start(t, guarded);
    const chunk = (choice: object) => `data: ${JSON.stringify({ id: 'c1', choices: [{ index: 0, ...choice }] })}\n\n`;
    providers.openai.otherwise({
      chunks: [
        chunk({ delta: { role: 'assistant', content: 'Hi rain' }, logprobs: { content: listed } }),
        chunk({ delta: { annotations: [annotation] } }),
        chunk({ delta: {}, finish_reason: 'stop' }),
        'data: [DONE]\n\n',
      ],
    });
    const answer = await post(gateway, '/v1/chat/completions', ask('guarded', { logprobs: true, stream: true }));
    assert.doesNotMatch(answer.text, /rain/i);
    assert.match(answer.text, /"url":"https:\/\/example\.com\/a"/);
    assert.match(answer.text, /: x-signalbox-lost=answer logprobs \(guardrail\)\n\n/);
  });
});

function readAnnotations(): unknown {
  const [choice] = whole.choices as readonly [{ readonly message: { readonly annotations: unknown } }];
  return choice.message.annotations;
}
