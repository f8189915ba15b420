import { COMMENT_WORKFLOW, POLICY_WORKFLOW } from './starter-workflows.ts';

/** A file that `init` writes; the path is relative to the folder named. */
export interface StarterFile {
  readonly path: string;
  readonly text: string;
}

const VERSION = 'apiVersion: signalbox/v1';

/** A small tree that serves at once: without any key the sandbox answers, with one key the real provider. In canonical layout. Pure. */
export function starterFiles(project: string): readonly StarterFile[] {
  return [
    { path: 'policies/signalbox.yaml', text: projectText(project) },
    { path: 'policies/environments/development.yaml', text: development(project) },
    { path: 'policies/environments/production.yaml', text: PRODUCTION },
    { path: 'policies/routes/default.yaml', text: DEFAULT_ROUTE },
    { path: 'policies/routes/economy.yaml', text: ECONOMY_ROUTE },
    { path: 'policies/chains/premium.yaml', text: PREMIUM },
    { path: 'policies/chains/economy.yaml', text: ECONOMY },
    { path: 'policies/consumers/app.yaml', text: APP },
    { path: 'policies/consumers/sandbox-user.yaml', text: SANDBOX_USER },
    { path: 'policies/budgets/app-month.yaml', text: APP_MONTH },
    { path: 'policies/budgets/sandbox-day.yaml', text: SANDBOX_DAY },
    { path: 'policies/tests/default.test.yaml', text: TESTS },
    { path: '.github/workflows/policy.yml', text: POLICY_WORKFLOW },
    { path: '.github/workflows/policy-comment.yml', text: COMMENT_WORKFLOW },
  ];
}

function projectText(project: string): string {
  return `${VERSION}
kind: Project
metadata:
  name: ${project}
  owner: platform
  description: Settings of the whole tree; every other file is about one thing.
spec:
  requires: ">=0.1 <2"
  ruleset: 2026-11
  timezone: UTC
  # Nobody without a key; development names a consumer for those.
  anonymous: null
  # For routes without a chain, and for whatever a chain leaves open.
  defaults:
    timeouts: { connect: 2s, firstToken: 10s, idle: 15s, total: 60s }
    retry: { max: 2, on: [rate-limit, server-error, timeout, network] }
`;
}

function development(project: string): string {
  return `${VERSION}
kind: Environment
metadata:
  name: development
  owner: platform
  description: Runs on a laptop without any key; one real key is enough to use the real provider.
spec:
  overrides:
    - { target: Project/${project}, path: anonymous, set: sandbox-user }
    # The sandbox answers when no key is set: targets whose secret is missing are skipped, and it is the last one left.
    - target: Chain/premium
      path: targets
      insertAfter: gemini
      value: { id: sandbox, model: sandbox/echo, timeouts: { total: 10s }, retry: { max: 0, on: [] } }
    - target: Chain/economy
      path: targets
      insertAfter: lite
      value: { id: sandbox, model: sandbox/echo, timeouts: { total: 10s }, retry: { max: 0, on: [] } }
    - { target: Consumer/app, path: allow.models, set: ["openai/*", "anthropic/*", "google/*", "sandbox/*"] }
`;
}

const PRODUCTION = `${VERSION}
kind: Environment
metadata:
  name: production
  owner: platform
  description: The keys customers depend on; nothing else differs from the shared documents.
spec:
  overrides:
    - { target: Provider/openai, path: auth.secret, set: { env: PRODUCTION_OPENAI_API_KEY } }
    - { target: Provider/anthropic, path: auth.secret, set: { env: PRODUCTION_ANTHROPIC_API_KEY } }
    - { target: Provider/google, path: auth.secret, set: { env: PRODUCTION_GEMINI_API_KEY } }
`;

const DEFAULT_ROUTE = `${VERSION}
kind: Route
metadata:
  name: default
  owner: platform
  description: Whatever no other route takes.
spec:
  match: {}
  chain: premium
  limits: { maxInputTokens: 100000, maxOutputTokens: 16384, bodySize: 20MiB }
`;

const ECONOMY_ROUTE = `${VERSION}
kind: Route
metadata:
  name: economy
  owner: platform
  description: Who asks for a cheap model gets the cheap chain.
spec:
  match:
    models: [openai/gpt-4o-mini, google/gemini-2.5-flash-lite]
  chain: economy
  limits: { maxInputTokens: 100000, maxOutputTokens: 16384, bodySize: 20MiB }
`;

const PREMIUM = `${VERSION}
kind: Chain
metadata:
  name: premium
  owner: platform
  description: Frontier models with fallbacks of the same tier at other providers.
spec:
  strategy: fallback
  deadline: 150s
  # Shared by retries and fallbacks of one request.
  maxAttempts: 6
  fallbackOn: [rate-limit, server-error, timeout, network, auth, malformed, context-overflow, stream-error]
  allowDowngrade: false
  defaults:
    timeouts: { connect: 2s, firstToken: 10s, idle: 15s, total: 45s }
    retry: { max: 1, on: [rate-limit, server-error, timeout, network] }
    breaker: { failures: 5, within: 30s, openFor: 15s }
  targets:
    - { id: gpt, model: openai/gpt-4o }
    - { id: claude, model: anthropic/claude-sonnet-4-5 }
    - { id: gemini, model: google/gemini-2.5-pro }
`;

const ECONOMY = `${VERSION}
kind: Chain
metadata:
  name: economy
  owner: platform
  description: Small, cheap models at two providers.
spec:
  strategy: fallback
  deadline: 80s
  maxAttempts: 4
  fallbackOn: [rate-limit, server-error, timeout, network, auth, malformed, context-overflow, stream-error]
  defaults:
    timeouts: { connect: 2s, firstToken: 8s, idle: 10s, total: 20s }
    retry: { max: 1, on: [rate-limit, server-error, timeout, network] }
    breaker: { failures: 5, within: 30s, openFor: 15s }
  targets:
    - { id: mini, model: openai/gpt-4o-mini }
    - { id: lite, model: google/gemini-2.5-flash-lite }
`;

const APP = `${VERSION}
kind: Consumer
metadata:
  name: app
  owner: platform
  description: Your first application; \`signalbox keys create app --for production\` makes its key.
  labels: { team: platform }
spec:
  allow:
    models: ["openai/*", "anthropic/*", "google/*"]
    endpoints: [chat, responses, messages, generate]
`;

const SANDBOX_USER = `${VERSION}
kind: Consumer
metadata:
  name: sandbox-user
  owner: platform
  description: Whoever calls a development gateway without a key of ours.
  labels: { team: sandbox }
  environments: [development]
  reason: Requests without a key are refused everywhere else.
spec:
  parent: null
`;

const APP_MONTH = `${VERSION}
kind: Budget
metadata:
  name: app-month
  owner: platform
  description: What the application may spend in a month.
spec:
  scope: { consumers: [app] }
  limit: { cost: "100 USD" }
  window: { every: month, timezone: UTC }
  alertAt: [80%, 100%]
  onExhausted: deny
  failMode: closed
  unpriced: hold
`;

const SANDBOX_DAY = `${VERSION}
kind: Budget
metadata:
  name: sandbox-day
  owner: platform
  description: A laptop with a real key; warns only, so that nobody is stopped while learning.
  environments: [development]
  reason: Its consumer exists in development only.
spec:
  scope: { consumers: [sandbox-user] }
  limit: { cost: "10 USD" }
  window: { every: day, timezone: UTC }
  alertAt: [80%, 100%]
  onExhausted: warn
  failMode: open
`;

const TESTS = `${VERSION}
kind: Test
metadata:
  name: first steps
  owner: platform
  description: What must hold whatever changes; \`signalbox test\` runs it.
spec:
  environment: production
  cases:
    - name: the first target answers
      request: { consumer: app, model: gpt-4o, inputTokens: 100, maxOutputTokens: 200 }
      expect: { route: default, target: premium/gpt, attempts: [gpt], status: 200 }
    - name: a wrong OpenAI key falls back to Claude
      request: { consumer: app, model: gpt-4o, inputTokens: 100, maxOutputTokens: 200 }
      upstream: { gpt: [{ status: 401 }] }
      expect: { target: premium/claude, attempts: [gpt, claude], fallback: auth, status: 200 }
    - name: when Anthropic refuses its key too Gemini answers
      request: { consumer: app, model: gpt-4o, inputTokens: 100, maxOutputTokens: 200 }
      upstream: { gpt: [{ status: 401 }], claude: [{ status: 401 }] }
      expect: { target: premium/gemini, attempts: [gpt, claude, gemini], status: 200 }
    - name: a cheap model goes to the cheap chain
      request: { consumer: app, model: gpt-4o-mini, inputTokens: 100, maxOutputTokens: 200 }
      expect: { route: economy, target: economy/mini, status: 200 }
    - name: the cheap chain has a fallback too
      request: { consumer: app, model: gpt-4o-mini, inputTokens: 100, maxOutputTokens: 200 }
      upstream: { mini: [{ status: 401 }] }
      expect: { target: economy/lite, attempts: [mini, lite], status: 200 }
    - name: the month's budget is a hard limit
      request: { consumer: app, model: gpt-4o, inputTokens: 100, maxOutputTokens: 200 }
      state: { spent: { app-month: "100 USD" } }
      expect: { status: 429, code: budget_exceeded }
    - name: nobody gets in without a key
      request: { model: gpt-4o }
      expect: { status: 401, code: invalid_api_key }

---
${VERSION}
kind: Test
metadata:
  name: on a laptop
  owner: platform
  description: Without any key of a provider the sandbox answers.
spec:
  environment: development
  cases:
    - name: without any key the sandbox answers
      request: { model: gpt-4o, inputTokens: 20, maxOutputTokens: 100 }
      state: { secretsMissing: ["*"] }
      expect: { target: premium/sandbox, attempts: [sandbox], fallback: secret-missing, status: 200 }
`;
