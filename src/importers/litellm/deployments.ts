import type { JsonObject } from '#core';
import { ownHost, readBaseUrl } from '../base-url.ts';
import { declareModel, perMillion } from '../declare-model.ts';
import { type Access, declareProvider } from '../declare-provider.ts';
import { type Draft, note, shown } from '../draft.ts';
import { CATALOGUE_NAMES, CLOUD_NAMES, KNOWN_HOSTS } from '../foreign-providers.ts';
import { variableName } from '../names.ts';
import { isRequestParam } from '../request-params.ts';
import { type SecretRef, secretFrom, variableOf } from '../secret-source.ts';
import { numberAt, type SourceNode, textAt, textOf } from '../source-node.ts';
import { seconds } from '../time-spans.ts';

/** One entry of `model_list`, declared. */
export interface Deployment {
  readonly group: string;
  readonly node: SourceNode;
  /** A model, the requested model at a provider (`openai/*`), or whatever is asked for wherever it is (`*`). */
  readonly use: { readonly kind: 'model' | 'provider'; readonly name: string } | { readonly kind: 'any' };
  readonly weight: number | undefined;
  readonly rpm: number | undefined;
  readonly tpm: number | undefined;
  readonly order: number | undefined;
  readonly params: JsonObject | undefined;
  readonly timeouts: JsonObject | undefined;
}

/** Reads `model_list`; entries that name no model are reported and left out. */
export function readDeployments(draft: Draft, root: SourceNode): readonly Deployment[] {
  const credentials = new Map<string, SourceNode>();
  for (const each of root.get('credential_list')?.items() ?? []) {
    const name = textAt(each, 'credential_name');
    const values = each.get('credential_values');
    each.get('credential_info')?.take();
    if (name !== undefined && values !== undefined) credentials.set(name, values);
  }
  const list = Array.isArray(root.value) ? root : root.get('model_list');
  const entries = Array.isArray(list?.value) ? (list?.items() ?? []) : list === undefined ? [] : [list];
  return entries.flatMap((node) => readDeployment(draft, node, credentials) ?? []);
}

function readDeployment(
  draft: Draft,
  node: SourceNode,
  credentials: ReadonlyMap<string, SourceNode>,
): Deployment | null {
  const params = node.get('litellm_params');
  const modelText = textAt(params, 'model') ?? textAt(node, 'model');
  const group = textAt(node, 'model_name') ?? modelText;
  if (group === undefined || modelText === undefined) {
    note(
      draft,
      'left-out',
      'model',
      node,
      'an entry of model_list without a model',
      'Name `litellm_params.model`, or remove the entry.',
    );
    node.take();
    return null;
  }
  const modelNode = params?.get('model') ?? node.get('model') ?? node;
  const variable = variableOf(modelText);
  if (variable !== null) {
    note(
      draft,
      'left-out',
      'model',
      modelNode,
      `the model is the variable ${variable}; policies name models`,
      'Write the model of each environment into an Environment.',
    );
    node.take();
    return null;
  }
  const info = node.get('model_info');
  info?.get('id')?.take();
  info?.get('description')?.take();
  const base = {
    group,
    node,
    weight: numberAt(params, 'weight'),
    rpm: numberAt(params, 'rpm') ?? numberAt(node, 'rpm'),
    tpm: numberAt(params, 'tpm') ?? numberAt(node, 'tpm'),
    order: numberAt(params, 'order'),
    params: paramsOf(params),
    timeouts: timeoutsOf(params),
  };
  if (modelText === '*') return { ...base, use: { kind: 'any' } };
  const credential = credentials.get(textAt(params, 'litellm_credential_name') ?? '');
  const split = splitModel(
    draft,
    modelText,
    textAt(params, 'custom_llm_provider'),
    params?.get('api_base') !== undefined,
  );
  if (split.type === 'vertex_ai' && /claude|llama|mistral/i.test(split.upstream)) {
    note(
      draft,
      'left-out',
      'vertex',
      modelNode,
      `${shown(modelText)} is a partner model on Vertex AI, whose form this version does not speak`,
      'Use the model at its own provider, or an OpenAI-compatible endpoint of Vertex AI.',
    );
    return null;
  }
  if (/^sagemaker/.test(split.type)) {
    note(
      draft,
      'left-out',
      'sagemaker',
      modelNode,
      'SageMaker endpoints are not spoken here',
      'Put an OpenAI-compatible server before the endpoint and name it as a Provider.',
    );
    return null;
  }
  const provider = declareProvider(draft, accessOf(draft, split.type, params, credential), modelNode);
  if (split.upstream === '*' || split.upstream.endsWith('*')) {
    return { ...base, use: { kind: 'provider', name: provider.name } };
  }
  const upstream = split.upstream === '' ? group : split.upstream;
  const model = declareModel(draft, provider, upstream, factsOf(params, info), modelNode);
  return { ...base, use: { kind: 'model', name: model } };
}

function splitModel(
  draft: Draft,
  text: string,
  custom: string | undefined,
  hasBase: boolean,
): { readonly type: string; readonly upstream: string } {
  const slash = text.indexOf('/');
  const head = text.slice(0, Math.max(0, slash)).toLowerCase();
  if (custom !== undefined)
    return { type: custom.toLowerCase(), upstream: head === custom.toLowerCase() ? text.slice(slash + 1) : text };
  if (slash > 0 && isProvider(head)) {
    const rest = text.slice(slash + 1);
    return {
      type: head,
      upstream: head === 'bedrock' ? rest.replace(/^(?:converse|invoke|converse_like)\//, '') : rest,
    };
  }
  for (const model of draft.models.values()) {
    if (model.spec.provider === 'azure-openai' || model.spec.provider === 'sandbox') continue;
    if (model.spec.upstreamName === text || model.spec.aliases?.includes(text))
      return { type: model.spec.provider, upstream: text };
  }
  if (/^(?:gpt|o\d|text-|dall-e|whisper|tts|chatgpt|ft:|davinci|babbage|omni-)/.test(text) || (hasBase && slash < 0))
    return { type: 'openai', upstream: text };
  if (/^claude/.test(text)) return { type: 'anthropic', upstream: text };
  if (/^gemini/.test(text)) return { type: 'vertex_ai', upstream: text };
  if (/^(?:anthropic|amazon|meta|mistral|cohere|ai21)\./.test(text)) return { type: 'bedrock', upstream: text };
  if (/^command/.test(text)) return { type: 'cohere', upstream: text };
  return slash > 0 ? { type: head, upstream: text.slice(slash + 1) } : { type: 'openai', upstream: text };
}

function isProvider(name: string): boolean {
  return (
    Object.hasOwn(CATALOGUE_NAMES, name) ||
    Object.hasOwn(CLOUD_NAMES, name) ||
    KNOWN_HOSTS.has(name) ||
    /^[a-z][\w-]*$/.test(name)
  );
}

function accessOf(
  draft: Draft,
  type: string,
  params: SourceNode | undefined,
  credential: SourceNode | undefined,
): Access {
  const at = (key: string): SourceNode | undefined => params?.get(key) ?? credential?.get(key);
  const baseNode = at('api_base') ?? at('base_url');
  const baseText = textOf(baseNode);
  const upper = variableName(keyOwner(type, baseText));
  const keyNode = at('api_key') ?? at('azure_ad_token') ?? at('aws_secret_access_key') ?? at('vertex_credentials');
  const secret = isDummyKey(keyNode) ? null : secretFrom(draft, keyNode, `${upper}_API_KEY`);
  const keyId = secretFrom(draft, at('aws_access_key_id'), 'AWS_ACCESS_KEY_ID');
  const session = secretFrom(draft, at('aws_session_token'), 'AWS_SESSION_TOKEN');
  const region = plain(at('aws_region_name') ?? at('vertex_location') ?? at('vertex_ai_location'));
  const project = plain(at('vertex_project') ?? at('vertex_ai_project'));
  const version = plain(at('api_version'));
  const tenant = plain(at('tenant_id'));
  const client = plain(at('client_id'));
  const entraSecret = secretFrom(draft, at('client_secret'), 'AZURE_CLIENT_SECRET');
  const secrets = [secret ?? entraSecret].filter((each): each is SecretRef => each !== null);
  return {
    type,
    ...(baseNode !== undefined && baseText !== undefined && { baseUrl: readBaseUrl(draft, baseNode, baseText) }),
    ...(secrets.length > 0 && { secrets }),
    ...(isDummyKey(keyNode) && { isKeyless: true }),
    ...(headersOf(draft, params) && { headers: headersOf(draft, params) }),
    apiVersion: version,
    region,
    project,
    ...(keyId && { accessKeyId: keyId }),
    ...(session && { sessionToken: session }),
    ...((tenant !== undefined || at('azure_ad_token') !== undefined) && { entra: { tenant, clientId: client } }),
  };
}

/** Whose key a plain text is: a key for another host must never get the name of the provider's own. */
function keyOwner(type: string, base: string | undefined): string {
  const host = base === undefined || variableOf(base) !== null ? null : ownHost(base);
  return host ?? type;
}

/** A plain text; a variable stands for nothing that a policy could hold there. */
function plain(node: SourceNode | undefined): string | undefined {
  const text = textOf(node);
  return text === undefined || variableOf(text) !== null ? undefined : text;
}

/** LiteLLM wants a key even for servers that need none. */
function isDummyKey(node: SourceNode | undefined): boolean {
  const text = textOf(node);
  const isDummy =
    text !== undefined && /^(?:none|null|empty|dummy|fake[-_]?key|anything|not-needed|x+|no-key)$/i.test(text);
  if (isDummy) node?.take();
  return isDummy;
}

function headersOf(draft: Draft, params: SourceNode | undefined): JsonObject | undefined {
  const headers: Record<string, unknown> = {};
  const organization = params?.get('organization');
  const text = textOf(organization);
  if (text !== undefined)
    headers['OpenAI-Organization'] = variableOf(text) === null ? text : { env: variableOf(text), optional: true };
  for (const [name, value] of params?.get('extra_headers')?.fields() ?? []) {
    const plainText = textOf(value);
    if (plainText === undefined || !/^[\w-]+$/.test(name)) continue;
    const isSecret = /auth|key|token|secret/i.test(name) || variableOf(plainText) !== null;
    headers[name] = isSecret ? secretFrom(draft, value, `${variableName(name)}_HEADER`) : plainText;
  }
  return Object.keys(headers).length === 0 ? undefined : headers;
}

function paramsOf(params: SourceNode | undefined): JsonObject | undefined {
  const found = (params?.fields() ?? []).filter(([key, each]) => isRequestParam(key) && each.value !== null);
  if (found.length === 0) return undefined;
  return Object.fromEntries(found.map(([key, each]) => [key, each.take()]));
}

function timeoutsOf(params: SourceNode | undefined): JsonObject | undefined {
  const total = seconds(numberAt(params, 'timeout') ?? numberAt(params, 'request_timeout'));
  const firstToken = seconds(numberAt(params, 'stream_timeout'));
  if (total === undefined && firstToken === undefined) return undefined;
  return { ...(firstToken && { firstToken }), ...(total && { total }) };
}

const CAPABILITIES: Readonly<Record<string, string>> = {
  supports_vision: 'vision',
  supports_function_calling: 'tools',
  supports_parallel_function_calling: 'parallel-tools',
  supports_response_schema: 'json-schema',
  supports_prompt_caching: 'prompt-cache',
  supports_reasoning: 'reasoning',
  supports_audio_input: 'audio-input',
  supports_audio_output: 'audio-output',
};
const MODES: Readonly<Record<string, readonly string[]>> = {
  embedding: ['embeddings'],
  image_generation: ['images'],
  rerank: ['rerank'],
  moderation: ['moderation'],
};

function factsOf(params: SourceNode | undefined, info: SourceNode | undefined) {
  const either = (key: string): number | undefined => numberAt(info, key) ?? numberAt(params, key);
  const mode = textAt(info, 'mode');
  const supported = Object.entries(CAPABILITIES).flatMap(([key, capability]) =>
    info?.get(key)?.value === true ? [capability] : [],
  );
  const capabilities = MODES[mode ?? ''] ?? (supported.length > 0 ? ['streaming', 'system', ...supported] : undefined);
  const contextWindow = whole(numberAt(info, 'max_input_tokens') ?? numberAt(info, 'max_tokens'));
  return {
    input: perMillion(either('input_cost_per_token')),
    output: perMillion(either('output_cost_per_token')),
    cacheRead: perMillion(either('cache_read_input_token_cost')),
    cacheWrite: perMillion(either('cache_creation_input_token_cost')),
    contextWindow,
    maxOutput: whole(numberAt(info, 'max_output_tokens')),
    capabilities,
    sameAs: textAt(info, 'base_model') ?? textAt(params, 'base_model'),
  };
}

function whole(value: number | undefined): number | undefined {
  return value !== undefined && Number.isInteger(value) && value > 0 && value < 1e9 ? value : undefined;
}
