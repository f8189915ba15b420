import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ask, KEYS, PROVIDER_NAMES, policyFiles, post, SECRETS, startProviders, startTestGateway } from './harness.ts';
import { ANSWERS } from './provider-answers.ts';

const SECRET = 'heron-at-dusk';

/** What a caller sends and no provider may see. */
const SENT: Readonly<Record<string, string>> = {
  cookie: `session=${SECRET}`,
  'x-api-key': `sk-${SECRET}`,
  'x-goog-api-key': `goog-${SECRET}`,
  'api-key': `azure-${SECRET}`,
  'proxy-authorization': `Basic ${SECRET}`,
  'x-forwarded-for': `203.0.113.9, ${SECRET}`,
  'x-forwarded-host': SECRET,
  'x-real-ip': SECRET,
  forwarded: `for=${SECRET}`,
  via: `1.1 ${SECRET}`,
  te: 'trailers',
  'x-signalbox-metadata': JSON.stringify({ note: SECRET }),
  'x-signalbox-session': SECRET,
  'x-user-token': SECRET,
  'x-custom': SECRET,
  referer: `https://${SECRET}.example`,
  origin: `https://${SECRET}.example`,
  'user-agent': SECRET,
  'accept-language': SECRET,
};
/** Every name that a provider may see, whatever its dialect. */
const TO_PROVIDERS: ReadonlySet<string> = new Set([
  ...['host', 'connection', 'accept', 'accept-encoding', 'content-type', 'content-length', 'user-agent'],
  ...['authorization', 'x-api-key', 'x-goog-api-key', 'anthropic-version', 'traceparent', 'tracestate'],
  ...['idempotency-key', 'anthropic-beta', 'openai-beta', 'x-client-request-id'],
]);

/** What a provider answers with and no caller may see. */
const ANSWERED: Readonly<Record<string, string>> = {
  'set-cookie': `__cf=${SECRET}`,
  server: SECRET,
  via: `1.1 ${SECRET}`,
  'x-powered-by': SECRET,
  'openai-organization': SECRET,
  'anthropic-organization-id': SECRET,
  'www-authenticate': `Basic realm=${SECRET}`,
  'proxy-authenticate': SECRET,
  'access-control-allow-origin': `https://${SECRET}.example`,
  'x-signalbox-route': SECRET,
  'x-signalbox-cost-usd': SECRET,
  location: `https://${SECRET}.example`,
  'keep-alive': 'timeout=12345',
  upgrade: SECRET,
  'alt-svc': SECRET,
  'x-internal': SECRET,
  'content-disposition': SECRET,
};

describe('headers', () => {
  it('of a caller reach no provider but those of its API, with the key of policy', async (t) => {
    const providers = await startProviders(t);
    const gateway = await startTestGateway(t, policyFiles(providers), { env: SECRETS, environment: 'production' });
    for (const name of PROVIDER_NAMES) {
      for (const stream of [false, true]) {
        providers[name].enqueue(stream ? ANSWERS[name].stream : ANSWERS[name].whole);
        const headers = { ...SENT, authorization: `Bearer ${KEYS.team}`, traceparent: TRACE };
        const answer = await post(gateway, '/v1/chat/completions', ask(`to-${name}`, { stream }), headers);
        assert.equal(answer.status, 200, `${name} ${answer.text}`);
        const seen = providers[name].requests.at(-1)?.headers ?? {};
        const others = Object.keys(seen).filter((each) => !TO_PROVIDERS.has(each));
        assert.deepEqual(others, [], name);
        const text = JSON.stringify(seen);
        assert.ok(!text.includes(SECRET) && !text.includes(KEYS.team), `${name} ${text}`);
        assert.ok(text.includes(SECRETS[`UP_${name.toUpperCase()}_KEY` as keyof typeof SECRETS]), name);
        assert.equal(seen['user-agent'], 'signalbox');
      }
    }
  });

  it('of a provider reach no caller but ids, limits and advice, on answers, streams and errors', async (t) => {
    const providers = await startProviders(t);
    const gateway = await startTestGateway(t, policyFiles(providers), { env: SECRETS, environment: 'production' });
    for (const name of PROVIDER_NAMES) {
      for (const kind of ['whole', 'stream', 'error'] as const) {
        const script = kind === 'error' ? ANSWERS[name].error(422) : ANSWERS[name][kind];
        providers[name].enqueue({ ...script, headers: { ...script.headers, ...ANSWERED, 'x-request-id': 'kept' } });
        const asked = ask(`to-${name}`, { stream: kind === 'stream' });
        const answer = await post(gateway, '/v1/chat/completions', asked, { authorization: `Bearer ${KEYS.team}` });
        const text = JSON.stringify([...answer.headers]);
        assert.ok(!text.includes(SECRET) && !text.includes('12345'), `${name} ${kind} ${text}`);
        for (const absent of ['set-cookie', 'server', 'via', 'upgrade', 'location']) {
          assert.equal(answer.headers.get(absent), null, `${name} ${kind} ${absent}`);
        }
        assert.equal(answer.headers.get('x-request-id'), 'kept', `${name} ${kind}`);
      }
    }
  });
});

const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
