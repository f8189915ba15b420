/** A provider that other gateways know and the built-in catalogue does not. */
export interface KnownHost {
  readonly dialect: string;
  readonly baseUrl: string;
  readonly auth: 'bearer' | 'x-api-key' | 'none';
  /** The variable that its own documentation uses. */
  readonly variable: string;
}

/** Names under which other gateways know the providers of the catalogue. */
export const CATALOGUE_NAMES: Readonly<Record<string, string>> = Object.freeze({
  openai: 'openai',
  text_completion_openai: 'openai',
  text_completion_codestral: 'mistral',
  codestral: 'mistral',
  openai_responses: 'openai',
  anthropic: 'anthropic',
  anthropic_text: 'anthropic',
  claude: 'anthropic',
  gemini: 'google',
  google: 'google',
  google_ai_studio: 'google',
  google_ai_studio_gemini: 'google',
  google_ai_studio_openai: 'google',
  'google-ai-studio': 'google',
  palm: 'google',
  mistral: 'mistral',
  mistral_ai: 'mistral',
  'mistral-ai': 'mistral',
  groq: 'groq',
  deepseek: 'deepseek',
  cerebras: 'cerebras',
  'cerebras-ai': 'cerebras',
  fireworks: 'fireworks',
  fireworks_ai: 'fireworks',
  'fireworks-ai': 'fireworks',
  together: 'together',
  together_ai: 'together',
  'together-ai': 'together',
  perplexity: 'perplexity',
  'perplexity-ai': 'perplexity',
  xai: 'xai',
  'x-ai': 'xai',
  grok: 'xai',
  openrouter: 'openrouter',
  moonshot: 'moonshot',
  dashscope: 'qwen',
  qwen: 'qwen',
  zhipu: 'zhipu',
  zhipuai: 'zhipu',
  zai: 'zhipu',
  ollama: 'ollama',
  ollama_chat: 'ollama',
  vllm: 'vllm',
  hosted_vllm: 'vllm',
});

/** Addresses that speak OpenAI's dialect, from the providers' documentation as of 2026-11. */
// biome-ignore format: a table
const HOSTS: readonly (readonly [name: string, baseUrl: string, variable: string])[] = [
  ['hyperbolic', 'https://api.hyperbolic.xyz/v1', 'HYPERBOLIC_API_KEY'],
  ['deepinfra', 'https://api.deepinfra.com/v1/openai', 'DEEPINFRA_API_KEY'],
  ['nvidia_nim', 'https://integrate.api.nvidia.com/v1', 'NVIDIA_NIM_API_KEY'],
  ['nvidia', 'https://integrate.api.nvidia.com/v1', 'NVIDIA_API_KEY'],
  ['sambanova', 'https://api.sambanova.ai/v1', 'SAMBANOVA_API_KEY'],
  ['cohere', 'https://api.cohere.ai/compatibility/v1', 'COHERE_API_KEY'],
  ['cohere_chat', 'https://api.cohere.ai/compatibility/v1', 'COHERE_API_KEY'],
  ['ai21', 'https://api.ai21.com/studio/v1', 'AI21_API_KEY'],
  ['ai21_chat', 'https://api.ai21.com/studio/v1', 'AI21_API_KEY'],
  ['huggingface', 'https://router.huggingface.co/v1', 'HUGGINGFACE_API_KEY'],
  ['github', 'https://models.github.ai/inference', 'GITHUB_API_KEY'],
  ['github_models', 'https://models.github.ai/inference', 'GITHUB_API_KEY'],
  ['novita', 'https://api.novita.ai/v3/openai', 'NOVITA_API_KEY'],
  ['novita-ai', 'https://api.novita.ai/v3/openai', 'NOVITA_API_KEY'],
  ['lambda_ai', 'https://api.lambda.ai/v1', 'LAMBDA_API_KEY'],
  ['nebius', 'https://api.studio.nebius.ai/v1', 'NEBIUS_API_KEY'],
  ['minimax', 'https://api.minimax.io/v1', 'MINIMAX_API_KEY'],
  ['volcengine', 'https://ark.cn-beijing.volces.com/api/v3', 'VOLCENGINE_API_KEY'],
  ['doubao', 'https://ark.cn-beijing.volces.com/api/v3', 'DOUBAO_API_KEY'],
  ['baidu', 'https://qianfan.baidubce.com/v2', 'BAIDU_API_KEY'],
  ['hunyuan', 'https://api.hunyuan.cloud.tencent.com/v1', 'HUNYUAN_API_KEY'],
  ['stepfun', 'https://api.stepfun.com/v1', 'STEPFUN_API_KEY'],
  ['baichuan', 'https://api.baichuan-ai.com/v1', 'BAICHUAN_API_KEY'],
  ['yi', 'https://api.lingyiwanwu.com/v1', 'YI_API_KEY'],
  ['ai360', 'https://api.360.cn/v1', 'AI360_API_KEY'],
  ['spark', 'https://spark-api-open.xf-yun.com/v1', 'SPARK_API_KEY'],
  ['friendliai', 'https://api.friendli.ai/serverless/v1', 'FRIENDLI_TOKEN'],
  ['vercel_ai_gateway', 'https://ai-gateway.vercel.sh/v1', 'VERCEL_AI_GATEWAY_API_KEY'],
  ['meta_llama', 'https://api.llama.com/compat/v1', 'LLAMA_API_KEY'],
  ['anyscale', 'https://api.endpoints.anyscale.com/v1', 'ANYSCALE_API_KEY'],
  ['siliconflow', 'https://api.siliconflow.cn/v1', 'SILICONFLOW_API_KEY'],
  ['lm_studio', 'http://localhost:1234/v1', 'LM_STUDIO_API_KEY'],
];

/** Providers beyond the catalogue whose address is known. */
export const KNOWN_HOSTS: ReadonlyMap<string, KnownHost> = new Map(
  HOSTS.map(([name, baseUrl, variable]) => [name, { dialect: 'openai-chat', baseUrl, auth: 'bearer', variable }]),
);

/** The entry of a table under a name that systems write with hyphens or with underscores. */
export function lookUp<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  const spellings = [name, name.replaceAll('-', '_'), name.replaceAll('_', '-')];
  const found = spellings.find((each) => Object.hasOwn(table, each));
  return found === undefined ? undefined : table[found];
}

/** Services of a cloud, whose address depends on a region, a project or a resource. */
export type CloudKind = 'azure' | 'bedrock' | 'vertex';

/** Names under which other gateways know them. */
export const CLOUD_NAMES: Readonly<Record<string, CloudKind>> = Object.freeze({
  azure: 'azure',
  azure_text: 'azure',
  azure_openai: 'azure',
  'azure-openai': 'azure',
  azureopenai: 'azure',
  bedrock: 'bedrock',
  aws_bedrock: 'bedrock',
  'aws-bedrock': 'bedrock',
  bedrock_converse: 'bedrock',
  amazon_nova: 'bedrock',
  awsbedrock: 'bedrock',
  vertex: 'vertex',
  vertex_ai: 'vertex',
  'vertex-ai': 'vertex',
  vertexai: 'vertex',
  vertex_ai_beta: 'vertex',
  'google-vertex-ai': 'vertex',
  gcp_vertex_gemini: 'vertex',
  gcpvertexai: 'vertex',
});
