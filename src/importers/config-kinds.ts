/** The systems whose configurations can be imported, with the names people know them by. */
export const CONFIG_KINDS = Object.freeze({
  portkey: 'Portkey',
  litellm: 'LiteLLM',
  cloudflare: 'Cloudflare AI Gateway',
  'envoy-ai-gateway': 'Envoy AI Gateway',
  higress: 'Higress',
  tensorzero: 'TensorZero',
  agentgateway: 'agentgateway',
  helicone: 'Helicone AI Gateway',
});

/** One of them. */
export type ConfigKind = keyof typeof CONFIG_KINDS;
