/** What a model can do or a request can need; closed list. */
export type Capability =
  | 'tools'
  | 'parallel-tools'
  | 'vision'
  | 'audio-input'
  | 'audio-output'
  | 'documents'
  | 'json-mode'
  | 'json-schema'
  | 'reasoning'
  | 'streaming'
  | 'system'
  | 'prompt-cache'
  | 'embeddings'
  | 'images'
  | 'moderation'
  | 'rerank';

/** The kind of call a request makes, whatever its dialect; what `match.endpoints` names. */
export type Endpoint =
  | 'chat'
  | 'responses'
  | 'messages'
  | 'generate'
  | 'completions'
  | 'embeddings'
  | 'images'
  | 'audio'
  | 'moderations'
  | 'rerank'
  | 'mcp';

/** A wire format, inbound or upstream. `sandbox` is the built-in provider's and speaks the neutral form. */
export type DialectName =
  | 'openai-chat'
  | 'openai-responses'
  | 'openai-completions'
  | 'anthropic-messages'
  | 'gemini'
  | 'bedrock-converse'
  | 'cohere-chat'
  | 'ollama'
  | 'sandbox';
