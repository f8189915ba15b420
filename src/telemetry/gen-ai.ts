/**
 * Names of OpenTelemetry's GenAI and HTTP conventions that this gateway writes. Copied, since the package calls them experimental and may change them in any
 * version; a test compares them with @opentelemetry/semantic-conventions 1.45.0.
 */
export const ATTRIBUTES = Object.freeze({
  operation: 'gen_ai.operation.name',
  provider: 'gen_ai.provider.name',
  requestModel: 'gen_ai.request.model',
  requestStream: 'gen_ai.request.stream',
  maxTokens: 'gen_ai.request.max_tokens',
  temperature: 'gen_ai.request.temperature',
  choices: 'gen_ai.request.choice.count',
  outputType: 'gen_ai.output.type',
  responseModel: 'gen_ai.response.model',
  finishReasons: 'gen_ai.response.finish_reasons',
  firstChunk: 'gen_ai.response.time_to_first_chunk',
  inputTokens: 'gen_ai.usage.input_tokens',
  outputTokens: 'gen_ai.usage.output_tokens',
  cacheRead: 'gen_ai.usage.cache_read.input_tokens',
  cacheCreation: 'gen_ai.usage.cache_creation.input_tokens',
  reasoning: 'gen_ai.usage.reasoning.output_tokens',
  tokenType: 'gen_ai.token.type',
  inputMessages: 'gen_ai.input.messages',
  outputMessages: 'gen_ai.output.messages',
  method: 'http.request.method',
  httpRoute: 'http.route',
  status: 'http.response.status_code',
  resends: 'http.request.resend_count',
  urlPath: 'url.path',
  urlScheme: 'url.scheme',
  serverAddress: 'server.address',
  serverPort: 'server.port',
  errorType: 'error.type',
} as const);

const OPERATIONS: Readonly<Record<string, string>> = Object.freeze({
  chat: 'chat',
  messages: 'chat',
  responses: 'chat',
  generate: 'generate_content',
  completions: 'text_completion',
  embeddings: 'embeddings',
});

/** `gen_ai.operation.name` of an endpoint: the convention's name where it has one, else the endpoint's own. Pure. */
export function operationName(endpoint: string): string {
  return OPERATIONS[endpoint] ?? endpoint;
}

/** Catalogue names that the convention has another name for; it asks to use its own. */
const PROVIDERS: Readonly<Record<string, string>> = Object.freeze({
  google: 'gcp.gemini',
  gemini: 'gcp.gemini',
  vertex: 'gcp.vertex_ai',
  'azure-openai': 'azure.ai.openai',
  'azure-openai-classic': 'azure.ai.openai',
  bedrock: 'aws.bedrock',
  mistral: 'mistral_ai',
  xai: 'x_ai',
});

/** `gen_ai.provider.name` of a provider of the policies. Pure. */
export function providerName(name: string): string {
  return PROVIDERS[name] ?? name;
}
