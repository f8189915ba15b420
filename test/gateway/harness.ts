import { hash } from 'node:crypto';
import {
  type ActivationAttempt,
  type GatewayOptions,
  type RunningGateway,
  startGateway,
} from '../../src/gateway/index.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';
import { type Cleanup, makeTempDirectory } from '../support/temp-directory.ts';

/** Lines that a gateway logged. */
export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly text: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A gateway under test with its folders and its log. */
export interface TestGateway extends RunningGateway {
  readonly policies: string;
  readonly dataDir: string;
  readonly logged: readonly LogLine[];
}

/** Starts a gateway on a free port from policy files by name; it closes after the test. `chance` gives it another clock. */
export async function startTestGateway(
  t: Cleanup,
  files: Readonly<Record<string, string>>,
  options: Partial<GatewayOptions> = {},
  chance?: Parameters<typeof startGateway>[1],
): Promise<TestGateway> {
  const policies = options.policies ?? makeTempDirectory(t, files);
  const dataDir = options.dataDir ?? makeTempDirectory(t);
  const logged: LogLine[] = [];
  const logger = (level: LogLine['level']) => (fields: object, text: string) =>
    void logged.push({ level, text, fields: fields as LogLine['fields'] });
  const all = {
    environment: 'development',
    port: 0,
    watch: false,
    env: {},
    log: { info: logger('info'), warn: logger('warn'), error: logger('error') },
    ...options,
    policies,
    dataDir,
  };
  const gateway = await startGateway(all, chance);
  t.after(() => gateway.close(0));
  return { ...gateway, policies, dataDir, logged };
}

/** How the providers of a test are reached: dialect, path of the base URL and the header of the key. */
const PROVIDERS = {
  openai: { dialect: 'openai-chat', base: '/v1', key: 'bearer' },
  anthropic: { dialect: 'anthropic-messages', base: '/v1', key: 'x-api-key' },
  gemini: { dialect: 'gemini', base: '/v1beta', key: 'x-goog-api-key' },
  responses: { dialect: 'openai-responses', base: '/v1', key: 'bearer' },
  cohere: { dialect: 'cohere-chat', base: '/v2', key: 'bearer' },
  ollama: { dialect: 'ollama', base: '/api', key: 'bearer' },
  // With one of Bedrock's API keys; signed calls have their own tests.
  bedrock: { dialect: 'bedrock-converse', base: '', key: 'bearer' },
} as const;

/** The providers of a test by name, each a real server that plays scripts. */
export type ProviderName = keyof typeof PROVIDERS;
export type Providers = Readonly<Record<ProviderName, ScriptedUpstream>>;

export const PROVIDER_NAMES = Object.freeze(Object.keys(PROVIDERS) as ProviderName[]);

/** Starts a server for each dialect; they close after the test. */
export async function startProviders(t: Cleanup): Promise<Providers> {
  const started = PROVIDER_NAMES.map(async (name) => [name, await startScriptedUpstream()] as const);
  const servers = await Promise.all(started);
  for (const [, server] of servers) t.after(() => server.close());
  return Object.fromEntries(servers) as Record<ProviderName, ScriptedUpstream>;
}

/** Keys of the consumers that `policyFiles` declares. */
export const KEYS = {
  team: 'sbx_team_00000000000000000000000000000000',
  expired: 'sbx_expired_00000000000000000000000000000',
  narrow: 'sbx_narrow_000000000000000000000000000000',
  remote: 'sbx_remote_000000000000000000000000000000',
  signed: 'sbx_signed_000000000000000000000000000000',
  unknown: 'sbx_unknown_00000000000000000000000000000',
} as const;

/** Secrets that the providers of `policyFiles` ask for. */
export const SECRETS = {
  UP_OPENAI_KEY: 'sk-up-openai',
  UP_ANTHROPIC_KEY: 'sk-up-anthropic',
  UP_GEMINI_KEY: 'up-gemini',
  UP_RESPONSES_KEY: 'sk-up-responses',
  UP_COHERE_KEY: 'sk-up-cohere',
  UP_OLLAMA_KEY: 'sk-up-ollama',
  UP_BEDROCK_KEY: 'bedrock-api-key-up',
};

/**
 * Policies over the providers: models `to-openai`, `to-anthropic`, … go to one each, everything else along the chain `all` of the first three. With
 * `anonymous` and compatibility headers in `development`, without in `production`.
 */
export function policyFiles(providers: Providers, more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    'signalbox.yaml': `apiVersion: signalbox/v1
kind: Project
metadata: { name: test }
spec:
  compatibility: { portkeyHeaders: false, cloudflareHeaders: false, allowedHosts: [] }
  defaults: { timeouts: { connect: 2s, firstToken: 5s, idle: 5s, total: 20s }, retry: { max: 0, on: [] } }
`,
    'environments.yaml': `apiVersion: signalbox/v1
kind: Environment
metadata: { name: development }
spec:
  overrides:
    - { target: Project/test, path: anonymous, set: guest }
    - { target: Project/test, path: compatibility.portkeyHeaders, set: true }
    - { target: Project/test, path: compatibility.cloudflareHeaders, set: true }
    - { target: Project/test, path: compatibility.allowedHosts, set: [127.0.0.1] }
---
apiVersion: signalbox/v1
kind: Environment
metadata: { name: production }
spec: {}
`,
    'providers.yaml': PROVIDER_NAMES.map((name) => providerOf(name, providers[name].url)).join('---\n'),
    'models.yaml': PROVIDER_NAMES.map((name) => modelOf(`up-${name}`)).join('---\n'),
    'chains.yaml': `apiVersion: signalbox/v1
kind: Chain
metadata: { name: all }
spec:
  maxAttempts: 6
  fallbackOn: [rate-limit, server-error, timeout, network, auth, malformed, context-overflow, stream-error]
  targets:
    - { id: openai, model: up-openai/model }
    - { id: anthropic, model: up-anthropic/model }
    - { id: gemini, model: up-gemini/model }
---
${PROVIDER_NAMES.map(chainOf).join('---\n')}`,
    'routes.yaml': `apiVersion: signalbox/v1
kind: Route
metadata: { name: default }
spec: { match: {}, chain: all, limits: { bodySize: 64KiB } }
---
apiVersion: signalbox/v1
kind: Route
metadata: { name: custom }
spec: { match: { paths: [/api/ai/faq] }, chain: all }
---
${PROVIDER_NAMES.map(routeOf).join('---\n')}`,
    'consumers.yaml': consumers(),
    ...more,
  };
}

function providerOf(name: ProviderName, url: string): string {
  const { dialect, base, key } = PROVIDERS[name];
  const secret = `secret: { env: UP_${name.toUpperCase()}_KEY }`;
  const auth = key === 'bearer' ? `{ kind: bearer, ${secret} }` : `{ kind: header, name: ${key}, ${secret} }`;
  return `apiVersion: signalbox/v1
kind: Provider
metadata: { name: up-${name} }
spec: { dialect: ${dialect}, baseUrl: "${url}${base}", auth: ${auth} }
`;
}

function modelOf(provider: string): string {
  return `apiVersion: signalbox/v1
kind: Model
metadata: { name: ${provider}/model }
spec:
  provider: ${provider}
  upstreamName: ${provider}-model
  contextWindow: 100000
  maxOutput: 4096
  prices:
    - { from: 2020-01-01, input: "1.00", output: "10.00", source: "https://example.com", readAt: 2026-11-01 }
`;
}

function chainOf(name: string): string {
  return `apiVersion: signalbox/v1
kind: Chain
metadata: { name: only-${name} }
spec: { targets: [{ id: ${name}, model: up-${name}/model }] }
`;
}

function routeOf(name: string): string {
  return `apiVersion: signalbox/v1
kind: Route
metadata: { name: to-${name} }
spec: { match: { models: [to-${name}] }, chain: only-${name} }
`;
}

function consumers(): string {
  const key = (id: keyof typeof KEYS, expiresAt = '2099-01-01') =>
    `{ id: ${id}, sha256: ${hash('sha256', KEYS[id])}, createdAt: 2026-01-01, expiresAt: ${expiresAt} }`;
  const consumer = (name: string, spec: string) =>
    `apiVersion: signalbox/v1\nkind: Consumer\nmetadata: { name: ${name}, labels: { team: ${name} } }\nspec:\n${spec}`;
  return [
    consumer('guest', '  keys: []\n'),
    consumer('team', `  keys: [${key('team')}]\n`),
    consumer('expired', `  keys: [${key('expired', '2026-02-01')}]\n`),
    consumer('narrow', `  keys: [${key('narrow')}]\n  allow: { models: ["up-openai/*", to-openai] }\n`),
    consumer('remote', `  keys: [${key('remote')}]\n  ipAllow: [10.0.0.0/8]\n`),
    consumer('signed', `  keys: [${key('signed')}]\n  signing: { secret: { env: SIGNING_SECRET }, window: 5m }\n`),
  ].join('---\n');
}

/** Posts a body and reads the answer, perhaps JSON. */
export async function post(
  gateway: { readonly url: string },
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
) {
  const response = await fetch(`${gateway.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  // Binary streams as one character a byte.
  const isBinary = response.headers.get('content-type') === 'application/vnd.amazon.eventstream';
  const text = Buffer.from(await response.arrayBuffer()).toString(isBinary ? 'latin1' : 'utf8');
  return { status: response.status, headers: response.headers, text, json: parse(text) };
}

/** A question in OpenAI's shape. */
export function ask(model: string, fields: object = {}) {
  return { model, messages: [{ role: 'user', content: 'Hello' }], ...fields };
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into bodies freely
function parse(text: string): any {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export type { ActivationAttempt };
