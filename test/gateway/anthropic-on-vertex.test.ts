import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ask, policyFiles, post, SECRETS, startProviders, startTestGateway } from './harness.ts';
import { ANTHROPIC } from './provider-answers.ts';

const PUBLISHER = '/v1/projects/p/locations/global/publishers/anthropic/models';
const MODEL = 'claude-sonnet-4-5@20250929';

async function start(t: Parameters<typeof startProviders>[0]) {
  const providers = await startProviders(t);
  const provider = `apiVersion: signalbox/v1
kind: Provider
metadata: { name: vertex-anthropic }
spec:
  baseUrl: "${providers.anthropic.url}${PUBLISHER}"
  auth: { kind: bearer, secret: { env: UP_ANTHROPIC_KEY } }
---
apiVersion: signalbox/v1
kind: Chain
metadata: { name: claude }
spec: { targets: [{ id: vertex, model: vertex-anthropic/claude-sonnet-4-5 }] }
---
apiVersion: signalbox/v1
kind: Route
metadata: { name: claude }
spec: { match: { models: [claude] }, chain: claude }
`;
  const gateway = await startTestGateway(t, policyFiles(providers, { 'vertex.yaml': provider }), { env: SECRETS });
  return { gateway, upstream: providers.anthropic };
}

describe('Claude models in Vertex AI', () => {
  it('take a Messages call as it came, but for the model, which is in the path, and the version, which is in the body', async (t) => {
    const { gateway, upstream } = await start(t);
    upstream.otherwise(ANTHROPIC.whole);
    const body = { ...ask('claude', { max_tokens: 50 }), a_later_field: [1] };
    const answer = await post(gateway, '/v1/messages', body, { 'anthropic-beta': 'x-2026-01-01' });
    assert.equal(answer.status, 200, answer.text);
    const [seen] = upstream.requests;
    assert.equal(decodeURIComponent(seen?.path ?? ''), `${PUBLISHER}/${MODEL}:rawPredict`);
    const { model: _, ...rest } = body;
    assert.deepEqual(seen?.json, { ...rest, anthropic_version: 'vertex-2023-10-16' });
    assert.equal(seen?.headers['anthropic-beta'], 'x-2026-01-01');
  });

  it('stream by a path of their own, to callers of another dialect too', async (t) => {
    const { gateway, upstream } = await start(t);
    upstream.otherwise(ANTHROPIC.stream);
    const answer = await post(gateway, '/v1/chat/completions', ask('claude', { stream: true }));
    assert.equal(answer.status, 200, answer.text);
    assert.match(answer.text, /"content":"Hi"/);
    assert.match(answer.text, /data: \[DONE\]/);
    const [seen] = upstream.requests;
    assert.equal(decodeURIComponent(seen?.path ?? ''), `${PUBLISHER}/${MODEL}:streamRawPredict`);
    assert.equal(seen?.json.model, undefined);
    assert.equal(seen?.json.anthropic_version, 'vertex-2023-10-16');
    assert.equal(seen?.json.stream, true);
  });

  it('have their tokens counted here, without a call', async (t) => {
    const { gateway, upstream } = await start(t);
    const answer = await post(gateway, '/v1/messages/count_tokens', ask('claude'));
    assert.equal(answer.status, 200, answer.text);
    assert.ok(answer.json.input_tokens > 0);
    assert.equal(upstream.requests.length, 0);
  });
});
