import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { DialectName, NeutralRequest } from '#core';
import { dialectOf, wireDialects } from '#dialects';
import type { Cleanup } from '../support/temp-directory.ts';
import {
  ask,
  PROVIDER_NAMES,
  policyFiles,
  post,
  SECRETS,
  startProviders,
  startTestGateway,
  type TestGateway,
} from './harness.ts';
import { ANSWERS } from './provider-answers.ts';

const PROMPT = `{
  prepend: "You answer for Example Inc.",
  append: "The customer of {{team}} asks about {{topic}}.",
  variables: { team: { label: team, default: none }, topic: { metadata: topic, default: general } },
  trim: { tokens: 120 } }`;
/** Where a caller of each dialect is given the base of its URL. */
const BASES: Readonly<Record<string, string>> = {
  'openai-chat': '/v1',
  'openai-responses': '/v1',
  'openai-completions': '/v1',
  'anthropic-messages': '/v1',
  gemini: '/v1beta',
  'cohere-chat': '/v2',
  ollama: '/api',
  'bedrock-converse': '',
};
const LONG = 'An old matter that nobody needs any more, told at some length. '.repeat(4);

async function prompted(t: Cleanup, more = '') {
  const providers = await startProviders(t);
  const routes = PROVIDER_NAMES.map(
    (name) => `apiVersion: signalbox/v1
kind: Route
metadata: { name: prompted-${name} }
spec: { match: { models: [prompted-${name}] }, chain: only-${name}, unsupportedParams: drop, prompt: ${PROMPT} ${more} }
`,
  );
  const cache = `apiVersion: signalbox/v1
kind: Cache
metadata: { name: week }
spec: { mode: exact, ttl: 7d }
`;
  const files = policyFiles(providers, { 'prompted.yaml': routes.join('---\n'), 'cache.yaml': cache });
  return { providers, gateway: await startTestGateway(t, files, { env: SECRETS }) };
}

function requestIn(dialect: DialectName, model: string) {
  const spoken = dialectOf(dialect);
  assert.ok(spoken !== null);
  const says = (role: 'user' | 'assistant', text: string) => ({ role, content: [{ kind: 'text' as const, text }] });
  const old = dialect === 'openai-completions' ? [] : [says('user', `OLD ${LONG}`), says('assistant', `SAID ${LONG}`)];
  const request: NeutralRequest = {
    model,
    messages: [
      { role: 'system', content: [{ kind: 'text', text: 'Be brief.' }] },
      ...old,
      says('user', 'NEW question'),
    ],
    tools: [],
    stream: false,
    streamUsage: false,
    maxOutputTokens: 100,
    extra: {},
  };
  const written = spoken.writeRequest(
    dialect === 'openai-completions' ? { ...request, messages: request.messages.slice(-1) } : request,
    {
      upstreamModel: model,
      maxOutputTokens: null,
      defaultMaxOutputTokens: 100,
      params: {},
      prompt: { prepend: null, append: null },
      quirks: { renameParams: {}, dropParams: [], maxStopSequences: null, noStreamOptions: false },
      capabilities: null,
    },
  );
  const query = new URLSearchParams(written.query).toString();
  return { path: `${BASES[dialect]}${written.path}${query === '' ? '' : `?${query}`}`, body: written.body };
}

async function records(gateway: TestGateway) {
  await gateway.close(0);
  const directory = join(gateway.dataDir, 'records');
  return readdirSync(directory).flatMap((file) =>
    readFileSync(join(directory, file), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  );
}

describe('the prompt of a route', () => {
  it('stands around the instructions and lets go of old turns, in every dialect to every provider', async (t) => {
    assert.deepEqual(Object.keys(BASES).sort(), [...wireDialects()].sort());
    const { providers, gateway } = await prompted(t);
    const lacking: string[] = [];
    for (const dialect of wireDialects()) {
      for (const name of PROVIDER_NAMES) {
        const { path, body } = requestIn(dialect, `prompted-${name}`);
        const upstream = providers[name];
        const before = upstream.requests.length;
        upstream.otherwise(ANSWERS[name].whole);
        const answer = await post(gateway, path, body, { 'x-signalbox-metadata': '{"topic":"returns"}' });
        const sent = inOrderRead(upstream.requests[before]?.json ?? {});
        const isTold = dialect !== 'openai-completions';
        const places = [
          'You answer for Example Inc.',
          isTold ? 'Be brief.' : '',
          'The customer of guest asks about returns.',
          isTold ? '' : 'NEW',
        ];
        const isRight =
          answer.status === 200 &&
          (dialect === 'openai-completions' ||
            isInOrder(
              sent,
              places.filter((place) => place !== ''),
            )) &&
          sent.includes('Example Inc.') &&
          sent.includes('about returns') &&
          sent.includes('NEW question') &&
          !sent.includes('OLD') &&
          !sent.includes('SAID');
        const trimmed = answer.headers.get('x-signalbox-trimmed');
        if (!isRight || (trimmed !== null) !== isTold)
          lacking.push(`${dialect} → ${name}: ${answer.status} ${trimmed} ${sent} ${answer.text}`);
      }
    }
    assert.deepEqual(lacking, []);
  });

  it('is in the record, in what is held and in the headers, and no text of it is', async (t) => {
    const { providers, gateway } = await prompted(t);
    providers.openai.otherwise(ANSWERS.openai.whole);
    const { path, body } = requestIn('openai-chat', 'prompted-openai');
    const answer = await post(gateway, path, body);
    const header = /^messages=2; tokens=(\d+); left=(\d+)$/.exec(answer.headers.get('x-signalbox-trimmed') ?? '');
    assert.ok(header !== null);
    const short = await post(gateway, path, ask('prompted-openai'));
    assert.equal(short.headers.get('x-signalbox-trimmed'), null);
    const [first, second] = await records(gateway);
    assert.equal(first.request.trimmed.messages, 2);
    assert.equal(first.request.trimmed.to, 120);
    assert.equal(first.request.trimmed.inputTokens, Number(header[1]));
    assert.equal(first.request.inputTokens, Number(header[2]));
    assert.ok(first.request.inputTokens <= 120 && first.request.trimmed.inputTokens > 120);
    assert.ok(first.request.inputTokensAtMost < first.request.trimmed.inputTokensAtMost);
    assert.deepEqual(first.decision.notes, ['input-trimmed']);
    assert.equal(second.request.trimmed, undefined);
    assert.doesNotMatch(JSON.stringify([first, second]), /Example Inc|customer|nobody needs/);
  });

  it('keeps the bytes of a caller whose conversation is short enough and whose route adds nothing', async (t) => {
    const { providers, gateway } = await prompted(t);
    const files = {
      ...policyFiles(providers),
      'plain.yaml': `apiVersion: signalbox/v1
kind: Route
metadata: { name: plain }
spec: { match: { models: [up-openai-model] }, chain: only-openai, prompt: { trim: { tokens: 5000 } } }
`,
    };
    await gateway.close(0);
    const plain = await startTestGateway(t, files, { env: SECRETS });
    providers.openai.otherwise(ANSWERS.openai.whole);
    const bytes = '{ "model":"up-openai-model", "messages": [ {"role":"user","content":"Hi \\u00e9"} ],"own": 1.0 }';
    assert.equal((await post(plain, '/v1/chat/completions', bytes)).status, 200);
    assert.equal(providers.openai.requests.at(-1)?.bytes.toString('utf8'), bytes);
  });

  it('tells a caller that counts tokens the count of all that it sent', async (t) => {
    const { providers, gateway } = await prompted(t);
    providers.anthropic.otherwise({ body: { input_tokens: 321 } });
    const { body } = requestIn('anthropic-messages', 'prompted-anthropic');
    const { max_tokens: _, ...counted } = body as { max_tokens?: number };
    const answer = await post(gateway, '/v1/messages/count_tokens', counted);
    assert.equal(answer.status, 200);
    assert.match(providers.anthropic.requests[0]?.bytes.toString('utf8') ?? '', /OLD/);
  });

  it('keeps kept answers apart by what it says of a request, and finds them by what is left of a conversation', async (t) => {
    const { providers, gateway } = await prompted(t, ', cache: week');
    providers.openai.otherwise(ANSWERS.openai.whole);
    const { path, body } = requestIn('openai-chat', 'prompted-openai');
    const cacheOf = async (request: unknown, topic: string) =>
      (await post(gateway, path, request, { 'x-signalbox-metadata': JSON.stringify({ topic }) })).headers.get(
        'x-signalbox-cache',
      );
    assert.equal(await cacheOf(body, 'returns'), 'miss');
    assert.equal(await cacheOf(body, 'returns'), 'hit');
    assert.equal(await cacheOf(body, 'shipping'), 'miss');
    const { messages } = body as { messages: readonly unknown[] };
    const otherPast = {
      ...body,
      messages: [messages[0], { role: 'user', content: `OTHER ${LONG.repeat(2)}` }, ...messages.slice(2)],
    };
    assert.equal(await cacheOf(otherPast, 'returns'), 'hit');
  });

  it('is not checked as if the caller had said it, and what was left out is not checked either', async (t) => {
    const guardrail = `apiVersion: signalbox/v1
kind: Guardrail
metadata: { name: words }
spec: { stage: [input], checks: [{ id: words, check: deny-words, words: ["Example Inc", "OLD An old matter"], action: block }] }
`;
    const { providers } = await prompted(t);
    const route = `apiVersion: signalbox/v1
kind: Route
metadata: { name: guarded }
spec: { match: { models: [guarded] }, chain: only-openai, guardrails: [words], prompt: ${PROMPT} }
`;
    const files = policyFiles(providers, { 'guard.yaml': `${guardrail}---\n${route}` });
    const gateway = await startTestGateway(t, files, { env: SECRETS });
    providers.openai.otherwise(ANSWERS.openai.whole);
    const { path, body } = requestIn('openai-chat', 'guarded');
    assert.equal((await post(gateway, path, body)).status, 200);
    const said = ask('guarded', { messages: [{ role: 'user', content: 'I am of Example Inc.' }] });
    assert.equal((await post(gateway, path, said)).status, 400);
  });
});

/** As a model is given it: what the Responses API calls instructions stands before the input. */
function inOrderRead({ instructions, ...rest }: Record<string, unknown>): string {
  return JSON.stringify({ instructions, ...rest });
}

function isInOrder(text: string, places: readonly string[]): boolean {
  let at = -1;
  return places.every((place) => {
    at = text.indexOf(place, at + 1);
    return at !== -1;
  });
}
