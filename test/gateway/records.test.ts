import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import schema from '../../schemas/traffic-record.schema.json' with { type: 'json' };
import {
  ask,
  KEYS,
  policyFiles,
  post,
  SECRETS,
  startProviders,
  startTestGateway,
  type TestGateway,
} from './harness.ts';
import { ANTHROPIC, OPENAI } from './provider-answers.ts';

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
const isRecord = ajv.compile(schema);

// biome-ignore lint/suspicious/noExplicitAny: tests look into bodies freely
async function get(gateway: TestGateway, path: string): Promise<any> {
  const response = await fetch(gateway.url + path);
  assert.equal(response.status, 200, path);
  return response.json();
}

describe('decision records', () => {
  it('there is one for every request, whatever became of it, valid and without text or keys', async (t) => {
    const providers = await startProviders(t);
    const gateway = await startTestGateway(t, policyFiles(providers), { env: SECRETS });
    const body = (fields: object = {}) => ({
      ...ask('gpt-4o', fields),
      messages: [{ role: 'user', content: 'my very secret plan' }],
    });
    providers.openai.enqueue(OPENAI.whole, OPENAI.stream, OPENAI.error(500), {
      chunks: [...OPENAI.firstContent, 'reset'],
    });
    providers.anthropic.otherwise(ANTHROPIC.whole);
    const config = JSON.stringify({ provider: 'up-anthropic', api_key: 'callers-own-key' });
    const sent = [
      ['a whole answer', body(), {}, 200],
      ['a stream', body({ stream: true }), {}, 200],
      ['a fallback', body(), {}, 200],
      ['a cut stream', body({ stream: true }), {}, 200],
      ['an inline chain', body(), { 'x-portkey-config': config }, 200],
      ['a refused key', body(), { authorization: `Bearer ${KEYS.unknown}` }, 401],
      ['a refused model', { ...body(), model: 'to-gemini' }, { authorization: `Bearer ${KEYS.narrow}` }, 403],
      ['a body that is none', 'not json', {}, 400],
    ] as const;
    for (const [name, question, headers, status] of sent) {
      const answer = await post(gateway, '/v1/chat/completions', question, headers);
      assert.equal(answer.status, status, `${name}: ${answer.text}`);
      const id = answer.headers.get('x-signalbox-request-id');
      const record = await get(gateway, `/admin/records/${id}`);
      assert.ok(isRecord(record), `${name}: ${ajv.errorsText(isRecord.errors)}`);
      assert.equal(record.id, id);
      assert.equal(record.revision, answer.headers.get('x-signalbox-revision'), name);
    }
    await gateway.close(0);
    const folder = gateway.recordsDirectory ?? '';
    const text = readdirSync(folder)
      .map((file) => readFileSync(join(folder, file), 'utf8'))
      .join('');
    assert.equal(text.trimEnd().split('\n').length, sent.length);
    for (const secret of [
      'secret plan',
      'Hi there',
      'callers-own-key',
      ...Object.values(SECRETS),
      ...Object.values(KEYS),
    ]) {
      assert.ok(!text.includes(secret), secret);
    }
  });

  it('hold the first characters of a question where policy keeps them, masked and ten at most', async (t) => {
    const providers = await startProviders(t);
    providers.openai.otherwise(OPENAI.whole);
    const files = policyFiles(providers);
    const cases = [
      [0, 'Where is my order?', undefined],
      [5, 'Where is my order?', 'Where'],
      [10, 'Where is my order?', 'Where is m'],
      [10, 'jane.doe@example.com wrote', '[address] '],
      [10, 'sk-abcdefghijklmnop1234', '[secret]'],
    ] as const;
    for (const [prefixChars, content, expected] of cases) {
      const recording = `  recording: { prefixChars: ${prefixChars} }\n`;
      const gateway = await startTestGateway(
        t,
        { ...files, 'signalbox.yaml': files['signalbox.yaml'] + recording },
        { env: SECRETS },
      );
      const messages = [
        { role: 'system', content: 'You are a shop.' },
        { role: 'user', content },
      ];
      const answer = await post(gateway, '/v1/chat/completions', ask('to-openai', { messages }));
      const record = await get(gateway, `/admin/records/${answer.headers.get('x-signalbox-request-id')}`);
      assert.equal(record.request.prefix, expected, content);
      assert.ok(isRecord(record), ajv.errorsText(isRecord.errors));
      await gateway.close(0);
    }
  });

  it('tell the newest first, and nothing of an id nobody has', async (t) => {
    const providers = await startProviders(t);
    providers.openai.otherwise(OPENAI.whole);
    const gateway = await startTestGateway(t, policyFiles(providers), { env: SECRETS });
    const ids: (string | null)[] = [];
    for (let i = 0; i < 3; i++) {
      ids.unshift((await post(gateway, '/v1/chat/completions', ask('gpt-4o'))).headers.get('x-signalbox-request-id'));
    }
    const { records } = await get(gateway, '/admin/records?limit=2');
    assert.deepEqual(
      records.map(({ id }: { readonly id: string }) => id),
      ids.slice(0, 2),
    );
    assert.equal((await fetch(`${gateway.url}/admin/records/req_none`)).status, 404);
    assert.equal((await fetch(`${gateway.url}/admin/records?limit=none`)).status, 400);
  });
});

describe('what a target could not express', () => {
  it('stands in the header and in the record, without what looks private', async (t) => {
    const providers = await startProviders(t);
    providers.anthropic.otherwise(ANTHROPIC.whole);
    const files = policyFiles(providers);
    const routes = files['routes.yaml']?.replace(
      'chain: only-anthropic }',
      'chain: only-anthropic, unsupportedParams: drop }',
    );
    const gateway = await startTestGateway(t, { ...files, 'routes.yaml': routes ?? '' }, { env: SECRETS });
    const answer = await post(gateway, '/v1/chat/completions', ask('to-anthropic', { seed: 7, 'ann@example.com': 1 }));
    assert.equal(answer.status, 200, answer.text);
    assert.match(answer.headers.get('x-signalbox-dropped-params') ?? '', /^seed/);
    const id = answer.headers.get('x-signalbox-request-id') ?? '';
    const response = await fetch(`${gateway.url}/admin/records/${id}`);
    // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies freely
    const record = (await response.json()) as any;
    assert.deepEqual(record.outcome.droppedParams, ['seed', '***']);
  });
});

describe('metrics', () => {
  it('count requests, tokens, money, attempts, fallbacks and the revision, without a caller’s own words', async (t) => {
    const providers = await startProviders(t);
    providers.openai.otherwise(OPENAI.error(503));
    providers.anthropic.otherwise(ANTHROPIC.whole);
    const gateway = await startTestGateway(t, policyFiles(providers), { env: SECRETS });
    const answer = await post(gateway, '/v1/chat/completions', ask('some-model-of-mine'));
    assert.equal(answer.status, 200);
    const response = await fetch(`${gateway.url}/metrics`);
    assert.match(response.headers.get('content-type') ?? '', /^text\/plain/);
    const text = await response.text();
    const revision = answer.headers.get('x-signalbox-revision');
    const cases = [
      ['gen_ai_client_operation_duration', '_count', 'gen_ai_provider_name="up-anthropic"', 1],
      ['gen_ai_client_token_usage', '_sum', 'gen_ai_token_type="input"', 9],
      ['gen_ai_client_token_usage', '_sum', 'gen_ai_token_type="output"', 3],
      ['signalbox_cost', '_total', 'signalbox_team="guest"', 0.000039],
      ['signalbox_attempts', '_total', 'signalbox_outcome="server-error"', 1],
      ['signalbox_attempts', '_total', 'signalbox_target="all/anthropic"', 1],
      ['signalbox_fallbacks', '_total', 'signalbox_reason="server-error"', 1],
      ['signalbox_config_info', '', `revision="${revision}"`, 1],
      ['signalbox_config_last_reload_successful', '', '', 1],
    ] as const;
    for (const [name, suffix, label, value] of cases) {
      assert.deepEqual(samples(text, name, suffix, label), [value], `${name}${suffix} ${label}`);
    }
    assert.doesNotMatch(text, /some-model-of-mine/);
  });
});

/** Values of the series of that name, with or without its unit, that have the label. */
function samples(text: string, name: string, suffix: string, label: string): readonly number[] {
  return text.split('\n').flatMap((line) => {
    const isNamed = line.startsWith(name) && (line.split('{')[0] ?? '').endsWith(suffix);
    return isNamed && line.includes(label) ? [Number(line.slice(line.lastIndexOf(' ') + 1))] : [];
  });
}
