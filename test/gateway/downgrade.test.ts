import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI from 'openai';
import { startGateway } from '../support/start-process.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

const POLICIES = `apiVersion: signalbox/v1
kind: Project
metadata: { name: down }
spec: { anonymous: guest }
---
apiVersion: signalbox/v1
kind: Consumer
metadata: { name: guest }
spec: {}
---
${['dear', 'cheap']
  .map(
    (name) => `apiVersion: signalbox/v1
kind: Model
metadata: { name: sandbox/${name} }
spec: { provider: sandbox, upstreamName: ${name}, contextWindow: 100000, maxOutput: 100, capabilities: [streaming], prices: [{ from: 2020-01-01, input: "1.00", output: "10.00", source: "https://example.com", readAt: 2026-11-01 }] }
---
apiVersion: signalbox/v1
kind: Chain
metadata: { name: ${name} }
spec: { targets: [{ id: only, model: sandbox/${name} }] }
---
`,
  )
  .join('')}apiVersion: signalbox/v1
kind: Route
metadata: { name: default }
spec: { match: {}, chain: dear }
---
apiVersion: signalbox/v1
kind: Budget
metadata: { name: soft }
spec: { scope: { models: [sandbox/dear] }, limit: { requests: 1 }, window: { rolling: 10m }, onExhausted: { chain: cheap } }
`;

test('a client past its budget is served by the cheaper chain, and the answer says so', async (t) => {
  const { url } = await startGateway(t, [], { cwd: makeTempDirectory(t, { 'policies/all.yaml': POLICIES }) });
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none' });
  const ask = async () => {
    const body = { model: 'sandbox/dear', messages: [{ role: 'user' as const, content: 'Hi' }] };
    const { response } = await client.chat.completions.create(body).withResponse();
    return ['target', 'model', 'fallback', 'degraded'].map((name) => response.headers.get(`x-signalbox-${name}`));
  };
  assert.deepEqual(await ask(), ['dear/only', 'sandbox/dear', null, null]);
  assert.deepEqual(await ask(), ['cheap/only', 'sandbox/cheap', null, 'true']);
});
