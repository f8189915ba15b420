/** Fields that the example company does not show, by why. What several kinds share is `defs.NAME`. */
export const LEFT_OUT: Readonly<Record<string, readonly string[]>> = {
  'a date would be past when it is read; the window is a weekly one': [
    'Project.maintenance[].from',
    'Project.maintenance[].until',
  ],
  'a key that the DNS of no reader knows would make mails worse, not better; the mail server has a public certificate':
    ['Project.mail.dkim', 'Project.mail.ca'],
  'recordings of a few hours reach few routes; the gates of the example are about what changes': [
    'Project.gates.minCoverage',
  ],
  'each chain says its own breaker; its targets differ in nothing but their model': [
    ...['Project.defaults.breaker', 'Chain.targets[].breaker', 'Chain.targets[].retry', 'Chain.targets[].params'],
  ],
  'the company signs in to its clouds with one key each: docs/cloud-providers.md has the other ways': [
    ...['accessKeyId', 'authority', 'clientId', 'externalId', 'profile', 'region'].map((name) => `defs.auth.${name}`),
    ...['role', 'scope', 'secrets', 'sessionToken', 'tenant'].map((name) => `defs.auth.${name}`),
  ],
  'one secret store, which the environments set up with a token: docs/secrets.md has the others and their ways in': [
    ...['location', 'mount', 'namespace', 'project', 'refresh', 'region', 'timeout'].map(
      (name) => `defs.secretStore.${name}`,
    ),
    ...['accessKeyId', 'authority', 'clientId', 'externalId', 'mount', 'profile', 'roleId', 'scope', 'secret'].map(
      (name) => `defs.storeAuth.${name}`,
    ),
    ...['sessionToken', 'tenant', 'tokenFile'].map((name) => `defs.storeAuth.${name}`),
  ],
  'secrets come from the environment or the store; a file is a third place, and the store tells their age': [
    ...['defs.secretRef.createdAt', 'defs.secretRef.file'],
    ...['createdAt', 'file', 'key', 'store'].map((name) => `defs.textOrSecret.${name}`),
  ],
  'deviations of one provider each: the built-in catalogue (src/catalog) has them all in use': [
    ...['dropParams', 'efforts', 'fields', 'modelInPath', 'modelPrefix', 'noStreamOptions', 'parts', 'path'].map(
      (name) => `Provider.quirks.${name}`,
    ),
    ...['query', 'streamPath', 'systemRole'].map((name) => `Provider.quirks.${name}`),
    ...['Provider.alsoSpeaks', 'Provider.headers', 'Provider.onDisconnect', 'Provider.website'],
  ],
  'the one model that the company adds has neither; the built-in catalogue (src/catalog) has them in use': [
    ...['Model.aliases', 'Model.dimensions'],
    ...['audioInput', 'audioOutput', 'cacheWrite', 'cacheWrite1h', 'image', 'reasoning', 'request', 'tiers'].map(
      (name) => `Model.prices[].${name}`,
    ),
  ],
  'checks that need a service, a schema or a tool of somebody’s own: each has its page in docs/guardrails': [
    ...['audience', 'categories', 'deny', 'guardrailId', 'guardrailVersion', 'header', 'issuer', 'keys'].map(
      (name) => `Guardrail.checks[].${name}`,
    ),
    ...['languages', 'min', 'model', 'onError', 'provider', 'repair', 'schema', 'secret', 'timeout', 'tools'].map(
      (name) => `Guardrail.checks[].${name}`,
    ),
    'Guardrail.checks[].url',
  ],
  'the kind is carried and not obeyed yet; its page shows every field': [
    ...['access.labels', 'rest.headers', 'rest.tools[].args[].enum', 'rest.tools[].request.headers'].map(
      (name) => `McpServer.${name}`,
    ),
    ...['allow', 'auth', 'pin', 'url'].map((name) => `McpServer.upstream.${name}`),
  ],
  'nothing of this company is shared between those who pay': [
    ...['Cache.share.across', 'Cache.share.approvedBy', 'Cache.share.reason'],
  ],
  'the budgets of the company are about teams: a model, a route or a piece of metadata has none, and input and output tokens count together':
    [
      ...['inputTokens', 'outputTokens'].map((name) => `Budget.limit.${name}`),
      ...['labels', 'metadata', 'models', 'providers', 'routes'].map((name) => `Budget.scope.${name}`),
    ],
  'its caches are kept out by metadata and tools, and a lookup by meaning calls a model that needs no chain': [
    ...['headers', 'labels', 'models', 'stream'].map((name) => `Cache.neverWhen.${name}`),
    ...['Cache.keepToolCalls', 'Cache.semantic.chain'],
  ],
  'its chains name every model, and its routes bound what a request may cost': [
    ...['Chain.maxPrice', 'Chain.targets[].provider'],
  ],
  'what its consumers may do is said by what is allowed; their keys are renewed, and no caller of theirs signs': [
    ...['Consumer.deny.endpoints', 'Consumer.deny.routes', 'Consumer.keys[].note', 'Consumer.signing'],
  ],
  'its environments set values and add targets at the end of a chain': [
    ...['insertBefore', 'remove', 'replaceItem'].map((name) => `Environment.overrides[].${name}`),
  ],
  'its routes are told apart by path, metadata and model; its prompts know the page alone': [
    ...['Invariant.forAll.headers', 'Route.match.headers', 'Route.match.labels', 'Route.unsupportedParams'],
    ...['consumer', 'date', 'header', 'label', 'maxLength'].map((name) => `Route.prompt.variables.*.${name}`),
    'Route.prompt.trim.window',
  ],
  'what `never` takes, `always` takes as well: the example has each field under one of them': [
    ...['allowed', 'cached', 'target.region'].map((name) => `Invariant.always.${name}`),
    ...['Invariant.always.target.tier', 'Invariant.always.target.trainsOnData'],
    ...['chain', 'model', 'provider', 'tier.not'].map((name) => `Invariant.never.target.${name}`),
  ],
};
