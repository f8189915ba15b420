/** A small tree that several verbs are shown on. */
export const shop: Readonly<Record<string, string>> = {
  'policies/environments.yaml': `apiVersion: signalbox/v1
kind: Environment
metadata: { name: development, owner: platform }
spec:
  overrides:
    - { target: Project/shop, path: anonymous, set: visitor }
    - { target: Chain/premium, path: targets, insertAfter: claude, value: { id: sandbox, model: sandbox/echo } }
---
apiVersion: signalbox/v1
kind: Environment
metadata: { name: production, owner: platform }
`,
  'policies/project.yaml': `apiVersion: signalbox/v1
kind: Project
metadata: { name: shop, owner: platform }
`,
  'policies/routes.yaml': `apiVersion: signalbox/v1
kind: Route
metadata: { name: default, owner: platform }
spec:
  match: {}
  chain: premium
  limits: { maxInputTokens: 1000, maxOutputTokens: 500 }
---
apiVersion: signalbox/v1
kind: Route
metadata: { name: returns, owner: platform }
spec:
  match:
    consumers: [web]
    metadata: { topic: [returns, shipping] }
  chain: premium
`,
  'policies/chains.yaml': `apiVersion: signalbox/v1
kind: Chain
metadata: { name: premium, owner: platform }
spec:
  defaults:
    timeouts: { firstToken: 5s, total: 20s }
    retry: { max: 1, on: [rate-limit] }
  targets:
    - { id: gpt, model: openai/gpt-4o }
    - { id: claude, model: anthropic/claude-sonnet-4-5 }
`,
  'policies/consumers.yaml': `apiVersion: signalbox/v1
kind: Consumer
metadata: { name: web, owner: platform }
spec:
  keys:
    - { id: k1, sha256: "9ed1f3a1ba3a9bbb2fac32acf36b0b4b7e0d73bd12aae8ff0e1d4a8bc5ae5a1b", expiresAt: 2999-01-01 }
  allow: { models: ["openai/*", "anthropic/*"] }
---
apiVersion: signalbox/v1
kind: Consumer
metadata: { name: visitor, owner: platform }
`,
  'policies/budgets.yaml': `apiVersion: signalbox/v1
kind: Budget
metadata: { name: web-month, owner: platform }
spec:
  scope: { consumers: [web] }
  limit: { cost: "100 USD" }
  window: { every: month, timezone: UTC }
  alertAt: [80%]
  onExhausted: deny
`,
  'policies/tests/web.test.yaml': `apiVersion: signalbox/v1
kind: Test
metadata: { name: web, owner: platform }
spec:
  environment: production
  cases:
    - name: the first target answers
      request: { consumer: web, model: gpt-4o, inputTokens: 100, maxOutputTokens: 100 }
      expect: { route: default, target: premium/gpt }
    - name: returns have their own route
      request: { consumer: web, model: gpt-4o, metadata: { topic: returns } }
      upstream: { gpt: [{ status: 401 }] }
      expect: { route: returns, attempts: [gpt, claude], fallback: auth }
`,
};

/** The same with a case that fails, and one that cannot. */
export const failing: Readonly<Record<string, string>> = {
  ...shop,
  'policies/tests/web.test.yaml': `${shop['policies/tests/web.test.yaml']}    - name: a model that the catalogue does not offer to anybody is refused with a code that says so
      request: { consumer: web, model: google/gemini-2.5-pro }
      expect: { status: 200, attempts: [gpt], code: null }
`,
};
