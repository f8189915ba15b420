/** A provider of the list, and the wire formats under which the list names models that our provider serves too. */
interface ListedProvider {
  readonly listed: string;
  readonly apis: readonly string[];
  /** Names whose price in the list is known to be too low. */
  readonly except?: readonly string[];
}

const CHAT = ['openai-completions'];

/**
 * Our provider → the list's. Left out are providers whose models the YAML files name in full, those that speak a format of their own, and those that
 * are only for subscribers of an editor; and of the brokers those with the longest lists, which every policy that sends any name straight would compile.
 */
export const LISTED_PROVIDERS: Readonly<Record<string, ListedProvider>> = {
  baseten: { listed: 'baseten', apis: CHAT },
  bedrock: {
    listed: 'amazon-bedrock',
    apis: ['bedrock-converse-stream'],
    // Without a prefix they are billed at the regional price, a tenth above the global one that the list has (genai-prices 0.1.8 of 2026-09-23).
    except: ['opus-4-7', 'opus-4-8', 'opus-5', 'opus-5-5', 'sonnet-5'].map((name) => `anthropic.claude-${name}`),
  },
  deepinfra: { listed: 'deepinfra', apis: CHAT },
  'gmi-cloud': { listed: 'gmi-cloud', apis: CHAT },
  huggingface: { listed: 'huggingface', apis: CHAT },
  // The list calls its other door, Messages; the models are the same: https://platform.minimax.io/docs/api-reference/text-openai-api
  minimax: { listed: 'minimax', apis: ['anthropic-messages'] },
  novita: { listed: 'novita', apis: CHAT },
  nvidia: { listed: 'nvidia', apis: CHAT },
  'ollama-cloud': { listed: 'ollama-cloud', apis: ['ollama-chat'] },
  'opencode-zen': { listed: 'opencode-zen', apis: CHAT },
  openrouter: { listed: 'openrouter', apis: ['openrouter'] },
  stepfun: { listed: 'stepfun', apis: CHAT },
  synthetic: { listed: 'synthetic', apis: CHAT },
  together: { listed: 'together', apis: CHAT },
  venice: { listed: 'venice', apis: CHAT },
  // As with MiniMax: https://vercel.com/docs/ai-gateway/openai-compat
  vercel: { listed: 'vercel-ai-gateway', apis: ['anthropic-messages'] },
  wandb: { listed: 'coreweave', apis: CHAT },
  xiaomi: { listed: 'xiaomi', apis: CHAT },
  zenmux: { listed: 'zenmux', apis: CHAT },
};
