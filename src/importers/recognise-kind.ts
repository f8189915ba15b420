import { asArray, asObject, isObject, type JsonObject } from '#core';
import type { ConfigKind } from './config-kinds.ts';
import type { ReadSource } from './read-source.ts';

/** What a file is taken for; `candidates` come nearest where that is nothing. */
export interface Recognised {
  readonly kind: ConfigKind | null;
  readonly candidates: readonly ConfigKind[];
}

/** Tells whose configuration a file is by the keys that only one system has. Pure. */
export function recogniseKind(source: Extract<ReadSource, { kind: 'read' }>): Recognised {
  const documents = source.documents.map(({ value }) => value);
  const scores = new Map<ConfigKind, number>();
  const add = (kind: ConfigKind, score: number): void => {
    scores.set(kind, (scores.get(kind) ?? 0) + score);
  };
  for (const document of documents) {
    if (Array.isArray(document)) scoreList(document, add);
    else if (isObject(document)) scoreObject(document, source.form, add);
  }
  const ranked = [...scores].sort((a, b) => b[1] - a[1]);
  const [best] = ranked;
  const kind = best !== undefined && best[1] >= SURE ? best[0] : null;
  return { kind, candidates: ranked.filter(([, score]) => score > 0).map(([each]) => each) };
}

type Add = (kind: ConfigKind, score: number) => void;
const SURE = 10;

function scoreList(list: readonly unknown[], add: Add): void {
  const steps = list.filter(isObject);
  if (steps.length === 0 || steps.length < list.length) return;
  if (steps.every((step) => 'provider' in step && ('endpoint' in step || 'query' in step))) add('cloudflare', 20);
  else if (steps.some((step) => 'provider' in step)) add('cloudflare', 4);
  if (steps.every((step) => 'model_name' in step && 'litellm_params' in step)) add('litellm', 20);
}

function scoreObject(value: JsonObject, form: string, add: Add): void {
  const has = (...keys: readonly string[]): number => keys.filter((key) => Object.hasOwn(value, key)).length;
  const group = String(value.apiVersion ?? '');
  if (/aigateway\.envoyproxy\.io/.test(group)) add('envoy-ai-gateway', 40);
  else if (/agentgateway\.dev|inference\.networking|vllm\.ai/.test(group)) add('agentgateway', 40);
  else if (/(?:extensions|networking)\.higress\.io/.test(group)) add('higress', 40);
  else if (/gateway\.envoyproxy\.io/.test(group)) add('envoy-ai-gateway', 12);
  else if (has('apiVersion', 'kind') === 2) scoreCluster(value, add);
  if (has('apiVersion', 'kind') === 2) return;
  add(
    'litellm',
    20 * has('model_list', 'litellm_settings', 'router_settings') +
      4 * has('general_settings', 'environment_variables', 'guardrails', 'credential_list'),
  );
  if (
    has(
      'general_settings',
      'guardrails',
      'mcp_servers',
      'search_tools',
      'prompts',
      'policies',
      'vector_store_registry',
    ) > 0 &&
    form === 'yaml'
  )
    add('litellm', 8);
  if (isObject(value.static_resources)) add('higress', /wasm/.test(JSON.stringify(value.static_resources)) ? 12 : 2);
  if (has('policies', 'policy_attachments') === 2) add('litellm', 12);
  const strategy = asObject(value.strategy);
  if (typeof strategy.mode === 'string') add('portkey', 20);
  add(
    'portkey',
    12 *
      has(
        'virtual_key',
        'override_params',
        'before_request_hooks',
        'after_request_hooks',
        'input_guardrails',
        'output_guardrails',
        'custom_host',
      ),
  );
  if (Array.isArray(value.targets)) add('portkey', 12);
  if (
    has('retry', 'cache', 'request_timeout', 'forward_headers', 'on_status_codes') > 0 &&
    typeof value.model_list !== 'object'
  )
    add('portkey', form === 'json' ? 12 : 6);
  if (typeof value.provider === 'string' && typeof value.api_key === 'string') add('portkey', 12);
  if (
    has('cache_ttl', 'rate_limiting_interval', 'rate_limiting_limit', 'cache_invalidate_on_update', 'collect_logs') > 0
  )
    add('cloudflare', 14);
  if (
    Array.isArray(value.elements) ||
    asArray(value.nodes).some((node) => isObject(node) && 'type' in node && 'outputs' in node)
  )
    add('cloudflare', 14);
  if (typeof value.provider === 'string' && has('endpoint', 'query') === 2) add('cloudflare', 14);
  if (form === 'toml')
    add(
      'tensorzero',
      12 *
        has(
          'models',
          'functions',
          'embedding_models',
          'gateway',
          'rate_limiting',
          'provider_types',
          'tools',
          'metrics',
        ),
    );
  add('agentgateway', 20 * has('binds', 'frontendPolicies') + 6 * has('services'));
  const llm = asObject(value.llm);
  if (Array.isArray(llm.models) || Array.isArray(llm.virtualModels)) add('agentgateway', 20);
  scoreHigress(value, add);
  scoreHelicone(value, add);
}

function scoreHigress(value: JsonObject, add: Add): void {
  const has = (...keys: readonly string[]): number => keys.filter((key) => Object.hasOwn(value, key)).length;
  const provider = asObject(value.provider);
  if (typeof provider.type === 'string') add('higress', 20);
  if (asArray(value.providers).some((each) => typeof asObject(each).type === 'string')) add('higress', 20);
  add(
    'higress',
    12 *
      has(
        'deny_words',
        'rule_items',
        'global_threshold',
        'replace_roles',
        'lb_policy',
        'searchFrom',
        'redis_key_prefix',
        'modelMapping',
        'global_auth',
        'ipProtocal',
        'system_deny',
        'jsonResp',
      ),
  );
  if (has('serviceName', 'serviceDomain', 'serviceHost', 'servicePort') > 0) add('higress', 10);
  if (has('embedding', 'vector') > 0 && has('cache', 'vector') > 0) add('higress', 12);
  if (asArray(value.prepend).length + asArray(value.append).length + asArray(value.replace).length > 0)
    add('higress', 10);
  if (asArray(value.attributes).some((each) => isObject(each) && 'key' in each)) add('higress', 10);
  if (
    has(
      'enable_path_suffixes',
      'enable_content_types',
      'session_id_header',
      'modelToHeader',
      'enableOnPathSuffix',
      'promptTemplate',
      'templates',
      'scene',
      'redis',
      'modelKey',
      'addProviderHeader',
    ) > 0
  )
    add('higress', 10);
}

function scoreHelicone(value: JsonObject, add: Add): void {
  const has = (...keys: readonly string[]): number => keys.filter((key) => Object.hasOwn(value, key)).length;
  if (
    isObject(value.routers) &&
    Object.values(value.routers).some(
      (each) =>
        isObject(each) && ('load-balance' in each || 'retries' in each || 'cache' in each || 'rate-limit' in each),
    )
  )
    add('helicone', 20);
  add(
    'helicone',
    12 * has('helicone', 'cache-store', 'rate-limit-store', 'deployment-target', 'minio', 'default-model-mapping'),
  );
  const entries = Object.values(value);
  if (
    entries.length > 0 &&
    entries.every((each) => isObject(each) && ('base-url' in each || Array.isArray(each.models)))
  )
    add('helicone', 12);
  if (isObject(value.providers) && Object.values(value.providers).some((each) => isObject(each) && 'base-url' in each))
    add('helicone', 14);
  const lists = entries.filter(
    (each) =>
      Array.isArray(each) &&
      each.length > 0 &&
      each.every((name) => typeof name === 'string' && /^[\w-]+\//.test(name)),
  );
  if (lists.length > 0 && lists.length === entries.length) add('helicone', 12);
}

/** Plain Kubernetes documents stand beside those of a gateway; alone they are none. */
function scoreCluster(value: JsonObject, add: Add): void {
  const labels = JSON.stringify(asObject(value.metadata).labels ?? '') + String(asObject(value.metadata).name ?? '');
  if (/agentgateway|semantic-router/.test(labels)) add('agentgateway', 3);
  if (/higress/.test(JSON.stringify(value.metadata ?? ''))) add('higress', 3);
  if (/envoy-ai-gateway/.test(JSON.stringify(value.metadata ?? ''))) add('envoy-ai-gateway', 3);
}
