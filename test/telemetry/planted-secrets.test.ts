import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { openLogger } from '../../src/telemetry/index.ts';
import { ask, KEYS, type Providers, policyFiles, startProviders, startTestGateway } from '../gateway/harness.ts';
import { ANTHROPIC } from '../gateway/provider-answers.ts';
import { chatAnswer, chatChunk, type SeenRequest, sse } from '../support/scripted-upstream.ts';
import { runProcess } from '../support/start-process.ts';
import { startSmtp, type TestSmtp } from '../support/start-smtp.ts';
import type { Cleanup } from '../support/temp-directory.ts';
import { type OtlpReceiver, startHttpReceiver } from './otlp-receiver.ts';
import { findPlanted, formsOf, type Planted, plantedText, plantIn, type Written, writtenFiles } from './planted.ts';

/** Where a run plants: each place has an e-mail address, a card, a telephone number, a My Number and a key of its own. */
const PLACES = [
  ...['system', 'question', 'earlier-answer', 'tool-description', 'tool-arguments', 'tool-result', 'user-field'],
  ...['metadata', 'named-metadata', 'session', 'header', 'named-header', 'cookie', 'user-agent', 'query', 'path'],
  ...['model', 'field-name', 'body-metadata', 'malformed-body', 'malformed-metadata', 'answer', 'answer-model'],
  ...['finish-reason', 'answer-id', 'answer-arguments', 'stream', 'stream-error', 'error-body', 'error-code'],
  ...[
    'error-header',
    'malformed-answer',
    'blocked',
    'masked-answer',
    'cached',
    'explained',
    'tool-name',
    'traceparent',
  ],
] as const;
type Place = (typeof PLACES)[number];

const PLANTS = Object.fromEntries(PLACES.map((place, at) => [place, plantIn(place, at)])) as Record<
  Place,
  ReturnType<typeof plantIn>
>;
const text = (place: Place) => plantedText(PLANTS[place]);

/** Secrets of the process, each to be used at one place only. */
const PROCESS_SECRETS = {
  UP_OPENAI_KEY: 'sk-proj-Aq3openai7Zk29XvLm4Tt8Rw1Yb6Nc5',
  UP_ANTHROPIC_KEY: 'sk-ant-Bq3anthropic7Zk29XvLm4Tt8Rw1Yb6Nc5',
  UP_GEMINI_KEY: 'AIzaSyCq3gemini7Zk29XvLm4Tt8Rw1Yb6Nc5dd',
  UP_RESPONSES_KEY: 'sk-proj-Dq3responses7Zk29XvLm4Tt8Rw1Yb',
  UP_COHERE_KEY: 'co-Eq3cohere7Zk29XvLm4Tt8Rw1Yb6Nc5',
  UP_OLLAMA_KEY: 'ol-Fq3ollama7Zk29XvLm4Tt8Rw1Yb6Nc5',
  UP_BEDROCK_KEY: 'bedrock-api-key-Gq3bedrock7Zk29XvLm4Tt8Rw1Yb6',
  HOOK_SECRET: 'hook-Hq3secret7Zk29XvLm4Tt8Rw1Yb6Nc5',
  SIGNALBOX_ADMIN_TOKEN: 'admin-Iq3token7Zk29XvLm4Tt8Rw1Yb6Nc5',
  SIGNALBOX_CACHE_KEY: hash('sha256', 'planted cache key'),
};
const SMTP_PASSWORD = 'Jq3smtp7Zk29XvLm4Tt8Rw1Yb6Nc5';
const COLLECTOR_TOKEN = 'Kq3collector7Zk29XvLm4Tt8Rw1Yb6Nc5';
const HOOK_PATH = 'Lq3hookpath7Zk29XvLm4Tt8Rw1Yb6Nc5';
/** Plain words that no pattern finds: what keeps them out is that no text is kept at all. */
const WORDS: readonly Planted[] = ['question', 'answer', 'tool-arguments', 'error-body', 'stream'].map((place) => ({
  place: `${place} (a plain word)`,
  value: `Quixotry${hash('sha256', place).slice(0, 10)}`,
}));
const word = (place: string) => WORDS.find((each) => each.place.startsWith(place))?.value ?? '';

const PLANTED: readonly Planted[] = [
  ...PLACES.flatMap((place) =>
    Object.entries(PLANTS[place]).map(([kind, value]) => ({ place: `${place} (${kind})`, value })),
  ),
  ...Object.entries({ ...PROCESS_SECRETS, SMTP_PASSWORD, COLLECTOR_TOKEN, HOOK_PATH }).map(([place, value]) => ({
    place,
    value,
  })),
  ...Object.entries(KEYS).map(([id, value]) => ({ place: `consumer key ${id}`, value, isRandom: true })),
];

/** A name that stands wherever the gateway tells of a request: a search that does not find it looks at the wrong bytes. */
const CONTROL = 'team';

function files(providers: Providers, recording: string, telemetry: string): Record<string, string> {
  const head = (kind: string, name: string) =>
    `apiVersion: signalbox/v1\nkind: ${kind}\nmetadata: { name: ${name}, owner: platform }\n`;
  const all = policyFiles(providers);
  return {
    ...all,
    'signalbox.yaml': `${all['signalbox.yaml']}  recording: ${recording}
  telemetry: ${telemetry}
  timezone: UTC
  publicUrl: https://ai.example.com
  mail: { from: "Signalbox <signalbox@example.com>", server: { env: SMTP_URL } }
`,
    'named.yaml': `${head('Route', 'named')}spec: { match: { metadata: { tenant: ["*"] }, models: [named] }, chain: only-openai }
---
${head('Route', 'by-header')}spec: { match: { headers: { x-branch: ["*"] }, models: [named] }, chain: only-openai }
`,
    'guarded.yaml': `${head('Guardrail', 'safe')}spec:
  stage: [input, output]
  checks:
    - { id: mail, check: email-address, action: mask }
    - { id: card, check: credit-card, action: block }
---
${head('Guardrail', 'masking')}spec:
  stage: [output]
  checks: [{ id: mail, check: email-address, action: mask }, { id: words, check: deny-words, action: flag, words: [card] }]
---
${head('Route', 'guarded')}spec: { match: { models: [guarded] }, chain: only-openai, guardrails: [safe] }
---
${head('Route', 'masked')}spec: { match: { models: [masked] }, chain: only-openai, guardrails: [masking] }
`,
    'lenient.yaml': `${head('Route', 'lenient')}spec: { match: { models: [lenient] }, chain: all, unsupportedParams: drop }
`,
    'cache.yaml': `${head('Cache', 'kept')}spec: { mode: exact, ttl: 1h, maxTemperature: 2 }
---
${head('Route', 'cached')}spec: { match: { models: [cached] }, chain: only-openai, cache: kept }
`,
    'alerts.yaml': `${head('Receiver', 'ops')}spec:
  email: { to: [ops@example.com] }
  webhook: { url: { env: HOOK_URL }, secret: { env: HOOK_SECRET } }
---
${head('Alert', 'errors')}spec: { when: { metric: error-rate, above: 1%, over: 5m, minRequests: 3 }, to: [ops] }
---
${head('Alert', 'fallbacks')}spec: { when: { metric: fallback-share, above: 1%, over: 5m, minRequests: 3 }, to: [ops] }
---
${head('Alert', 'spending')}spec: { when: { metric: budget-used, above: 1%, budget: tenants }, to: [ops] }
---
${head('Alert', 'money')}spec: { when: { metric: cost, above: 0.000001 USD, over: 5m }, to: [ops] }
---
${head('Budget', 'by-tenant')}spec: { scope: { routes: [named] }, limit: { requests: 100 }, window: { every: day }, per: [metadata.tenant], onExhausted: warn }
---
${head('Alert', 'tenants')}spec: { when: { metric: budget-used, above: 0.5%, budget: by-tenant }, to: [ops] }
---
${head('Budget', 'tenants')}spec: { limit: { requests: 100 }, window: { every: day }, per: [consumer], onExhausted: warn }
`,
  };
}

/** A provider that says everything it was asked, and more, wherever an answer has room for text. */
function scripts(providers: Providers): void {
  const { openai, anthropic, gemini } = providers;
  openai.otherwise((seen: SeenRequest) => {
    const asked = seen.bytes.toString();
    if (asked.includes('fail with everything'))
      return {
        status: 500,
        headers: { 'x-request-id': text('error-header'), 'retry-after': '0' },
        body: {
          error: {
            message: `${text('error-body')} ${word('error-body')} Incorrect API key provided: ${PROCESS_SECRETS.UP_OPENAI_KEY}. You said: ${asked}`,
            type: text('error-body'),
            code: text('error-code'),
            param: text('error-code'),
          },
        },
      };
    if (asked.includes('no json'))
      return { body: `${text('malformed-answer')} {"choices": [${text('malformed-answer')}` };
    if (asked.includes('break the stream'))
      return {
        chunks: [
          ...sse(
            chatChunk({ role: 'assistant', content: '' }),
            chatChunk({ content: `${text('stream')} ${word('stream')}` }),
          ),
          ...sse({ error: { message: text('stream-error'), code: text('stream-error') } }),
        ],
      };
    if (asked.includes('half a stream'))
      return {
        chunks: [...sse(chatChunk({ content: text('stream') })), `data: {"choices": [${text('stream')}\n\n`, 'cut'],
      };
    return chatAnswer('', {
      id: text('answer-id'),
      model: text('answer-model'),
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: `${asked.includes('masked') ? text('masked-answer') : text('answer')} ${word('answer')}`,
            tool_calls: [
              {
                id: 'call_1',
                type: 'function',
                function: { name: 'send', arguments: JSON.stringify({ to: text('answer-arguments') }) },
              },
            ],
          },
          finish_reason: text('finish-reason'),
          logprobs: null,
        },
      ],
    });
  });
  anthropic.otherwise(ANTHROPIC.whole);
  gemini.otherwise({
    status: 400,
    body: { error: { code: 400, message: text('error-body'), status: text('error-code') } },
  });
}

interface Answered {
  readonly status: number;
  readonly id: string;
}

/** Plants everything, everywhere a caller can put text; says how each call ended. */
async function plantEverything(gateway: { readonly url: string }): Promise<ReadonlyMap<string, Answered>> {
  const answers = new Map<string, Answered>();
  async function send(name: string, path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) {
    const answer = await fetch(`${gateway.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${KEYS.team}`, ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    await answer.arrayBuffer();
    answers.set(name, { status: answer.status, id: answer.headers.get('x-signalbox-request-id') ?? '' });
  }
  const chat = '/v1/chat/completions';
  const says = (model: string, content: string, more: object = {}) =>
    ask(model, { messages: [{ role: 'user', content }], ...more });
  const everything = {
    messages: [
      { role: 'system', content: text('system') },
      { role: 'user', content: `${text('question')} ${word('question')}` },
      {
        role: 'assistant',
        content: text('earlier-answer'),
        tool_calls: [
          {
            id: 'call_1',
            type: 'function',
            function: {
              name: 'send',
              arguments: JSON.stringify({ to: text('tool-arguments'), word: word('tool-arguments') }),
            },
          },
        ],
      },
      { role: 'tool', tool_call_id: 'call_1', content: text('tool-result') },
    ],
    tools: [{ type: 'function', function: { name: 'send', description: text('tool-description'), parameters: {} } }],
    user: text('user-field'),
    metadata: { note: text('body-metadata') },
  };
  const inHeaders = {
    'x-signalbox-metadata': JSON.stringify({ note: text('metadata') }),
    'x-signalbox-session': text('session'),
    'x-customer': text('header'),
    cookie: `session=${text('cookie')}`,
    'user-agent': text('user-agent'),
    traceparent: text('traceparent'),
    tracestate: `v=${PLANTS.traceparent.key}`,
  };
  await send('everything', `${chat}?q=${encodeURIComponent(text('query'))}`, ask('to-openai', everything), inHeaders);
  await send('a fallback', chat, ask('lenient', { ...everything, stop: 'fail with everything' }), inHeaders);
  for (const kind of ['email', 'card', 'phone', 'domesticPhone', 'myNumber', 'key'] as const) {
    await send(`named by ${kind}`, chat, says('named', 'x'), {
      'x-signalbox-metadata': JSON.stringify({ tenant: PLANTS['named-metadata'][kind] }),
    });
    await send(`header of ${kind}`, chat, says('named', 'x'), { 'x-branch': PLANTS['named-header'][kind] });
    await send(`model ${kind}`, chat, says(PLANTS.model[kind], 'x'));
    await send(`path ${kind}`, `/v1/${encodeURIComponent(PLANTS.path[kind])}`, says('to-openai', 'x'));
    await send(
      `Gemini path ${kind}`,
      `/v1beta/models/${encodeURIComponent(PLANTS.path[kind])}:generateContent?key=${KEYS.team}`,
      {
        contents: [{ role: 'user', parts: [{ text: text('question') }] }],
      },
    );
    await send(`field ${kind}`, chat, says('to-anthropic', 'x', { [PLANTS['field-name'][kind]]: 1 }));
    await send(
      `tool ${kind}`,
      chat,
      says('to-anthropic', 'x', { tools: [{ type: 'function', function: { name: PLANTS['tool-name'][kind] } }] }),
    );
  }
  await send('an error with everything', chat, says('to-openai', 'fail with everything'));
  await send('an error of Gemini', chat, says('to-gemini', text('question')));
  await send('an answer that is no JSON', chat, says('to-openai', 'no json'));
  await send('a broken stream', chat, says('to-openai', 'break the stream', { stream: true }));
  await send('half a stream', chat, says('to-openai', 'half a stream', { stream: true }));
  await send('no JSON', chat, `{"model": "to-openai", "messages": [${text('malformed-body')}`);
  await send('no messages', chat, { model: 'to-openai', messages: text('malformed-body') });
  await send('metadata that is no JSON', chat, says('to-openai', 'x'), {
    'x-signalbox-metadata': text('malformed-metadata'),
  });
  await send('blocked', chat, says('guarded', text('blocked')));
  await send('masked', chat, says('masked', 'say it masked'));
  for (const round of [1, 2]) await send(`cached ${round}`, chat, says('cached', text('cached')));
  for (const id of ['expired', 'narrow', 'remote', 'signed', 'unknown'] as const)
    await send(`key ${id}`, chat, says('to-gemini', text('question')), { authorization: `Bearer ${KEYS[id]}` });
  await send('a key in the query', `${chat}?api_key=${KEYS.unknown}`, says('to-openai', 'x'), { authorization: '' });
  await send('a key of a provider', chat, says('to-openai', 'x'), { authorization: `Bearer ${PLANTS.header.key}` });
  return answers;
}

async function startHook(t: Cleanup) {
  const bodies: Buffer[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    bodies.push(Buffer.concat(parts));
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/${HOOK_PATH}`, bodies };
}

async function run(t: TestContext, recording: string, telemetry: string) {
  const [providers, receiver, hook, smtp] = await Promise.all([
    startProviders(t),
    startHttpReceiver(t),
    startHook(t),
    startSmtp(t, {
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: (auth, _session, done) => done(null, { user: auth.username ?? '' }),
    }),
  ]);
  scripts(providers);
  const env = {
    ...PROCESS_SECRETS,
    SIGNING_SECRET: PROCESS_SECRETS.HOOK_SECRET,
    HOOK_URL: hook.url,
    SMTP_URL: `smtp://mailer:${SMTP_PASSWORD}@127.0.0.1:${smtp.port}`,
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${COLLECTOR_TOKEN}`,
    OTEL_BSP_SCHEDULE_DELAY: '50',
    OTEL_METRIC_EXPORT_INTERVAL: '500',
  };
  const lines: string[] = [];
  const log = openLogger({
    level: 'debug',
    isForPeople: false,
    hasColours: false,
    write: (line) => void lines.push(line),
  });
  const gateway = await startTestGateway(t, files(providers, recording, telemetry), {
    env,
    log,
    adminToken: PROCESS_SECRETS.SIGNALBOX_ADMIN_TOKEN,
    alertEveryMs: 100,
  });
  const answers = await plantEverything(gateway);
  await mailsArrive(smtp, 5);
  const operations = await askOperations(gateway, answers);
  await gateway.close(0);
  const told = await tellOperator(t, gateway, answers.get('everything')?.id ?? '');
  const sinks = [
    ...writtenFiles(gateway.dataDir),
    { where: 'the log', bytes: Buffer.from(lines.join('')) },
    ...received(receiver, hook.bodies, smtp),
  ];
  return { providers, answers, written: [...sinks, ...operations, ...told] };
}

/** What the commands of an operator print of the run. */
async function tellOperator(
  t: TestContext,
  { dataDir, policies }: { readonly dataDir: string; readonly policies: string },
  id: string,
): Promise<readonly Written[]> {
  const told: Written[] = [];
  for (const args of [
    ['report', '--period', 'day', '--at', tomorrow(), '--data-dir', dataDir],
    ['explain', id, '--data-dir', dataDir],
  ]) {
    const { stdout, stderr } = await runProcess(t, [...args, '--policies', policies]);
    told.push({ where: `signalbox ${args[0]}`, bytes: Buffer.from(`${stdout}${stderr}`) });
  }
  return told;
}

function tomorrow(): string {
  return new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
}

/** What operators are told over HTTP, at the end of everything. */
async function askOperations(
  { url }: { readonly url: string },
  answers: ReadonlyMap<string, Answered>,
): Promise<readonly Written[]> {
  const headers = {
    authorization: `Bearer ${PROCESS_SECRETS.SIGNALBOX_ADMIN_TOKEN}`,
    'content-type': 'application/json',
  };
  const ids = [...answers.values()].flatMap(({ id }) => (id === '' ? [] : [`/admin/records/${id}`]));
  const paths = [
    '/metrics',
    '/readyz',
    '/admin/status',
    '/admin/records?limit=200',
    '/admin/usage',
    '/admin/usage?by=model',
  ];
  const more = ['/admin/budgets', '/admin/alerts', '/admin/cache', '/admin/openapi.json'];
  const got = [...paths, ...more, ...ids].map(async (path) => {
    const answer = await fetch(`${url}${path}`, { headers });
    return { where: path.split('?')[0] ?? '', bytes: Buffer.from(await answer.arrayBuffer()) };
  });
  const explained = await fetch(`${url}/admin/explain`, {
    method: 'POST',
    headers,
    body: JSON.stringify({
      consumer: 'team',
      body: ask('to-openai', { messages: [{ role: 'user', content: text('explained') }] }),
    }),
  });
  // A wrong token is the caller's own secret.
  await fetch(`${url}/admin/status`, { headers: { authorization: `Bearer ${PLANTS.header.key}` } });
  return [...(await Promise.all(got)), { where: '/admin/explain', bytes: Buffer.from(await explained.arrayBuffer()) }];
}

async function mailsArrive(smtp: TestSmtp, count: number): Promise<void> {
  const endMs = Date.now() + 20_000;
  while (smtp.mails.length < count) {
    if (Date.now() > endMs) throw new Error(`only ${smtp.mails.length} mails`);
    await setTimeout(50);
  }
}

/** What collector, webhook and mail server were sent. */
function received(receiver: OtlpReceiver, hooks: readonly Buffer[], smtp: TestSmtp): readonly Written[] {
  return [
    ...receiver.payloads.map((bytes) => ({ where: 'OTLP payloads', bytes })),
    { where: 'spans', bytes: Buffer.from(JSON.stringify(receiver.spans)) },
    { where: 'log records', bytes: Buffer.from(JSON.stringify(receiver.logs)) },
    { where: 'metrics over OTLP', bytes: Buffer.from(JSON.stringify(receiver.metrics)) },
    ...hooks.map((bytes) => ({ where: 'webhooks', bytes })),
    ...smtp.raw.map((raw) => ({ where: 'mails as sent', bytes: Buffer.from(raw) })),
    ...smtp.mails.map(({ subject, text: plain, html, headers }) => ({
      where: 'mails',
      bytes: Buffer.from([subject, plain, html, JSON.stringify([...headers])].join('\n')),
    })),
  ];
}

describe('a search for what was planted', () => {
  const { email, phone, card } = PLANTS.question;
  for (const value of [email, phone, card]) {
    it(`finds ${value} in every form`, () => {
      for (const [form, shape] of formsOf(value)) {
        const bytes = Buffer.from(`... ${shape} ...`);
        const found = findPlanted([{ where: 'x', bytes }], [{ place: 'question', value }]);
        assert.equal(found.length, 1, form);
      }
    });
  }

  it('finds nothing in a text without it', () => {
    const written = [{ where: 'x', bytes: Buffer.from(text('answer')) }];
    assert.deepEqual(findPlanted(written, [{ place: 'question', value: email }]), []);
  });

  it('finds it in base64 wherever it begins', () => {
    for (const before of ['', 'x', 'xy', 'xyz', 'xyz1']) {
      const bytes = Buffer.from(Buffer.from(`${before}${text('question')}`).toString('base64'));
      const found = findPlanted([{ where: 'x', bytes }], [{ place: 'question', value: email }]);
      assert.equal(found.length, 1, `after ${before.length} characters`);
    }
  });
});

describe('what a gateway writes after a run full of secrets and personal data', () => {
  for (const [name, recording, telemetry] of [
    ['with content left out', '{ sample: 100% }', '{ traceSample: 100% }'],
    ['with content captured', '{ sample: 100%, prefixChars: 10 }', '{ traceSample: 100%, contentCapture: true }'],
  ] as const) {
    it(`holds none of them, ${name}`, async (t) => {
      const { providers, answers, written: all } = await run(t, recording, telemetry);
      // The run was what it was meant to be.
      const seen = Buffer.concat(
        [...providers.openai.requests, ...providers.anthropic.requests].map(({ bytes }) => bytes),
      ).toString();
      for (const place of ['system', 'question', 'tool-arguments', 'tool-result', 'tool-description'] as const)
        assert.ok(seen.includes(PLANTS[place].email), `the provider was told the ${place}`);
      const status = (of: string) => answers.get(of)?.status;
      assert.deepEqual(
        [
          'everything',
          'a fallback',
          'an error with everything',
          'no JSON',
          'blocked',
          'masked',
          'cached 2',
          'key unknown',
        ].map(status),
        [200, 200, 500, 400, 400, 200, 200, 401],
      );
      // Every place tells of a request, so every place was looked at.
      const places = new Map<string, boolean>();
      for (const { where, bytes } of all) places.set(where, (places.get(where) ?? false) || bytes.includes(CONTROL));
      for (const where of [
        'the log',
        'OTLP payloads',
        'spans',
        'log records',
        'metrics over OTLP',
        'webhooks',
        'mails',
        '/metrics',
        'signalbox report',
        'signalbox explain',
        '/admin/records',
        '/admin/usage',
        '/admin/budgets',
      ])
        assert.equal(places.get(where), true, `${CONTROL} stands in ${where}: ${[...places.keys()].join(', ')}`);
      for (const file of [/records\/.*ndjson/, /usage\.db$/, /usage\.db \(cells\)$/, /outbox\.db/, /alerts\.db/])
        assert.ok(
          [...places].some(([where, has]) => file.test(where) && has),
          `${CONTROL} stands in a file ${file}`,
        );
      // A budget that policy splits by metadata is counted and forecast under its values, and its operators are shown whose it is; nobody else is.
      const isSplit = (where: string) => /^(?:ledger\.db|usage\.db|\/admin\/budgets$|\/admin\/usage$)/.test(where);
      const isNamed = ({ place }: Planted) => place.startsWith('named-metadata');
      assert.deepEqual(
        findPlanted(
          all,
          PLANTED.filter((each) => !isNamed(each)),
        ),
        [],
      );
      assert.deepEqual(
        findPlanted(
          all.filter(({ where }) => !isSplit(where)),
          PLANTED.filter(isNamed),
        ),
        [],
      );
      const isCapturing = telemetry.includes('contentCapture');
      const mayHold = (where: string) => isCapturing && (where === 'spans' || where === 'OTLP payloads');
      assert.deepEqual(
        findPlanted(
          all.filter(({ where }) => !mayHold(where)),
          WORDS,
        ),
        [],
      );
    });
  }
});
