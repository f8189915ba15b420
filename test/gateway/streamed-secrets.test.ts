import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DialectName, NeutralEvent, NeutralRequest } from '#core';
import { createSseFramer, dialectOf } from '#dialects';
import type { Cleanup } from '../support/temp-directory.ts';
import {
  PROVIDER_NAMES,
  type ProviderName,
  policyFiles,
  SECRETS,
  startProviders,
  startTestGateway,
  type TestGateway,
} from './harness.ts';

/** The dialect that each provider of the harness speaks, and where callers of it reach the gateway. */
const SPOKEN: Readonly<Record<ProviderName, { readonly dialect: DialectName; readonly base: string }>> = {
  openai: { dialect: 'openai-chat', base: '/v1' },
  anthropic: { dialect: 'anthropic-messages', base: '/v1' },
  gemini: { dialect: 'gemini', base: '/v1beta' },
  responses: { dialect: 'openai-responses', base: '/v1' },
  cohere: { dialect: 'cohere-chat', base: '/v2' },
  ollama: { dialect: 'ollama', base: '/api' },
  bedrock: { dialect: 'bedrock-converse', base: '' },
};
const FRAMINGS: Readonly<Partial<Record<DialectName, 'ndjson' | 'aws-eventstream'>>> = {
  ollama: 'ndjson',
  'bedrock-converse': 'aws-eventstream',
};
// In the form that OpenAI gives its keys; made up for this file.
const SECRET = `sk-proj-${'aB3dE6gH9j'.repeat(4)}x7`;
const [BEFORE, AFTER] = ['The key is ', ', keep it well.'];
const MASKED = `${BEFORE}[SECRET_1]${AFTER}`;

async function setUp(t: Cleanup) {
  const providers = await startProviders(t);
  const guardrail = (action: string) => `apiVersion: signalbox/v1
kind: Guardrail
metadata: { name: ${action} }
spec: { stage: [output], stream: window, checks: [{ id: keys, check: secret-key, action: ${action} }] }
---
`;
  const route = (name: string, action: string) => `apiVersion: signalbox/v1
kind: Route
metadata: { name: ${action}-${name} }
spec: { match: { models: [${action}-${name}] }, chain: only-${name}, guardrails: [${action}] }
`;
  const routes = PROVIDER_NAMES.flatMap((name) => ['mask', 'block'].map((action) => route(name, action)));
  const files = policyFiles(providers, {
    'secrets.yaml': `${guardrail('mask')}${guardrail('block')}${routes.join('---\n')}`,
  });
  const gateway = await startTestGateway(t, files, { env: SECRETS });
  return { gateway, providers };
}

/** A provider's stream of a text in these deltas, or of a call of a tool whose arguments come in them. */
function streamOf(name: ProviderName, deltas: readonly string[], kind: 'text' | 'tool' = 'text'): Buffer {
  const { dialect } = SPOKEN[name];
  const writer = dialectOf(dialect)?.createStreamWriter({
    ...{ model: 'm', requestId: 'r', streamUsage: true, createdAt: 1 },
    framing: FRAMINGS[dialect] ?? 'sse',
  });
  assert.ok(writer);
  const at = { choice: 0, index: 0 };
  const events: readonly NeutralEvent[] = [
    { kind: 'response-start', id: 'a1', model: 'm' },
    {
      kind: 'part-start',
      ...at,
      part: kind === 'text' ? { kind: 'text' } : { kind: 'tool-call', id: 'call_1', name: 'keep' },
    },
    ...deltas.map(
      (text): NeutralEvent =>
        kind === 'text'
          ? { kind: 'text-delta', ...at, text }
          : { kind: 'tool-arguments-delta', ...at, arguments: text },
    ),
    { kind: 'part-end', ...at },
    { kind: 'finish', choice: 0, finish: { reason: kind === 'text' ? 'stop' : 'tool-calls' } },
    {
      kind: 'usage',
      usage: { input: 9, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 3, reasoning: 0 } as never,
    },
    { kind: 'response-end' },
  ];
  return Buffer.from(
    events.map((event) => writer.push(event)).join(''),
    dialect === 'bedrock-converse' ? 'latin1' : 'utf8',
  );
}

/** Asks in the words of a dialect, and reads what the caller got: its bytes, and what they say. */
async function ask(gateway: TestGateway, name: ProviderName, model: string) {
  const { dialect, base } = SPOKEN[name];
  const spoken = dialectOf(dialect);
  assert.ok(spoken);
  const neutral: NeutralRequest = {
    ...{ model, stream: true, streamUsage: true, maxOutputTokens: 100, extra: {} },
    messages: [{ role: 'user', content: [{ kind: 'text', text: 'Hello' }] }],
    tools: [{ kind: 'function', name: 'keep', parameters: { type: 'object' } }],
  };
  const { path, query, headers, body } = spoken.writeRequest(neutral, {
    ...{ upstreamModel: model, maxOutputTokens: null, defaultMaxOutputTokens: 100, params: {}, capabilities: null },
    prompt: { prepend: null, append: null },
    quirks: { renameParams: {}, dropParams: [], maxStopSequences: null, noStreamOptions: false },
  });
  const search = new URLSearchParams(query).toString();
  const answer = await fetch(`${gateway.url}${base}${path}${search === '' ? '' : `?${search}`}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const bytes = Buffer.from(await answer.arrayBuffer());
  const framer = spoken.streamFormat?.createFramer() ?? createSseFramer();
  const reader = spoken.createStreamReader();
  const events = [...framer.push(bytes), ...framer.end()].flatMap((event) => reader.push(event));
  const said = events.map((event) =>
    event.kind === 'text-delta' ? event.text : event.kind === 'tool-arguments-delta' ? event.arguments : '',
  );
  return { status: answer.status, bytes: bytes.toString('latin1'), said: said.join('') };
}

/** No six characters of the secret in a row, in what was said or in the bytes. */
function assertKept({ bytes, said }: { readonly bytes: string; readonly said: string }, where: string): void {
  for (let at = 0; at + 6 <= SECRET.length; at++) {
    const piece = SECRET.slice(at, at + 6);
    assert.ok(!said.includes(piece) && !bytes.includes(piece), `${where}: ${said}`);
  }
}

describe('a secret in a stream, over HTTP', () => {
  for (const [place, name] of PROVIDER_NAMES.entries()) {
    it(`of ${SPOKEN[name].dialect} does not leak when it is cut in two anywhere, to callers of every dialect`, async (t) => {
      const { gateway, providers } = await setUp(t);
      const text = `${BEFORE}${SECRET}${AFTER}`;
      for (let cut = 1; cut < text.length; cut++) {
        const caller = PROVIDER_NAMES[(place + cut) % PROVIDER_NAMES.length] ?? name;
        const where = `${caller}, cut at ${cut}`;
        providers[name].enqueue({
          chunks: [streamOf(name, [text.slice(0, cut), text.slice(cut)])],
          headers: typeOf(name),
        });
        const masked = await ask(gateway, caller, `mask-${name}`);
        assert.equal(masked.said, MASKED, where);
        assertKept(masked, where);
      }
    });

    it(`of ${SPOKEN[name].dialect} does not leak when every byte comes alone`, async (t) => {
      const { gateway, providers } = await setUp(t);
      const letters = [...`${BEFORE}${SECRET}${AFTER}`];
      const stream = () => [...streamOf(name, letters)].map((byte) => Uint8Array.of(byte));
      const script = () => ({ chunks: stream(), headers: typeOf(name) });
      providers[name].enqueue(script(), script());
      const masked = await ask(gateway, name, `mask-${name}`);
      assert.equal(masked.said, MASKED);
      assertKept(masked, name);
      const blocked = await ask(gateway, name, `block-${name}`);
      assert.match(blocked.bytes, /guardrail_blocked/);
      assert.ok(BEFORE.startsWith(blocked.said), blocked.said);
      assertKept(blocked, name);
    });

    it(`of ${SPOKEN[name].dialect} does not leak in arguments of a tool`, async (t) => {
      const { gateway, providers } = await setUp(t);
      const json = JSON.stringify({ key: SECRET });
      for (let cut = 1; cut < json.length; cut += 3) {
        const bytes = streamOf(name, [json.slice(0, cut), json.slice(cut)], 'tool');
        providers[name].enqueue({ chunks: [bytes], headers: typeOf(name) });
        const masked = await ask(gateway, name, `mask-${name}`);
        assert.deepEqual(JSON.parse(masked.said), { key: '[SECRET_1]' }, `cut at ${cut}`);
        assertKept(masked, `cut at ${cut}`);
      }
    });
  }
});

function typeOf(name: ProviderName): Readonly<Record<string, string>> {
  const spoken = dialectOf(SPOKEN[name].dialect);
  return { 'content-type': spoken?.streamFormat?.contentType ?? 'text/event-stream' };
}
