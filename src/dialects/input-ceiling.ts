/**
 * What decides how many input tokens a request can cost at most, beside the length of its body. Filled in while a body is walked.
 */
export interface InputSource {
  /** Characters of images and audio inside the body: they cost by their size in pixels or seconds, not as text. */
  mediaChars: number;
  /** Those of audio alone. */
  audioChars: number;
  /** Tools that a provider explains to the model in words of its own. */
  builtInTools: number;
  hasTools: boolean;
  /** Bytes of texts that are read again: a query with each of many documents. */
  repeatedBytes: number;
  /** Whether something brings in what the body does not hold or holds compressed: a document, a file by its name, a search. */
  isOpen: boolean;
}

/** Nothing but the body. */
export function createInputSource(): InputSource {
  return { mediaChars: 0, audioChars: 0, builtInTools: 0, hasTools: false, repeatedBytes: 0, isOpen: false };
}

// Chat templates add up to 70 tokens of their own (Harmony's system message, measured in recorded exchanges: 68).
const TEMPLATE_TOKENS = 128;
// Anthropic's instructions for tools: 346 to 530 tokens by model (docs.claude.com, tool use, "pricing", 2026-11); others stay below.
const TOOL_TOKENS = 640;
// The most for a tool that the provider defines: computer use with 735 and 499 (same page).
const BUILT_IN_TOOL_TOKENS = 1536;
// 32 tokens a second (Gemini; OpenAI 10) at 4 kbit/s, thinner than any speech codec in use: 15 bytes, in base64 20 characters.
const AUDIO_CHARS_PER_TOKEN = 20;

/**
 * The most tokens that text and audio of a body can cost in any tokenizer; null when nothing bounds them but the model's context window. Images are left to
 * whoever knows the model. A token of a byte-level or byte-fallback tokenizer stands for a byte of UTF-8 at least, and JSON only adds bytes to a text, so the
 * length of the body bounds all of it at once: messages, tools, schemas, and fields that this version has never heard of. The braces and
 * keys around each message outweigh the tokens it costs for role and separators. Pure.
 */
export function inputCeiling(bodyBytes: number, source: Readonly<InputSource>): number | null {
  if (source.isOpen) return null;
  const text = Math.max(0, bodyBytes - source.mediaChars) + source.repeatedBytes + TEMPLATE_TOKENS;
  const tools = (source.hasTools ? TOOL_TOKENS : 0) + source.builtInTools * BUILT_IN_TOOL_TOKENS;
  return text + tools + Math.ceil(source.audioChars / AUDIO_CHARS_PER_TOKEN);
}
