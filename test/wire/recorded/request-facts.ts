import type { DocumentPart, Message, NeutralRequest, Part, UserPart } from '#core';

/** What a request says, whatever its dialect: compared before and after a translation. */
export interface RequestFacts {
  /** Instructions of the system and developer roles, in order. */
  readonly instructions: string;
  /** Texts, media and tool traffic of the turns, in order, neighbours of one role joined. */
  readonly turns: readonly { readonly role: string; readonly said: readonly string[] }[];
  readonly tools: readonly string[];
  readonly stop: readonly string[];
  readonly temperature: number;
  readonly maxOutputTokens: number | null;
  readonly stream: boolean;
}

/** The facts of a neutral request. Tool calls are told by name and arguments, results by the call they answer: ids may be made up anew. */
export function requestFacts(request: NeutralRequest): RequestFacts {
  const names = new Map<string, string>();
  for (const message of request.messages) {
    for (const part of message.content) if (part.kind === 'tool-call') names.set(part.id, part.name);
  }
  const tell = (part: Part) => tellPart(part, names);
  const turns: { role: string; said: string[] }[] = [];
  for (const message of request.messages) {
    if (isInstruction(message)) continue;
    const said = message.content.flatMap(tell);
    if (said.length === 0) continue;
    const last = turns.at(-1);
    if (last?.role === message.role) last.said.push(...said);
    else turns.push({ role: message.role, said });
  }
  return {
    instructions: request.messages
      .filter(isInstruction)
      .flatMap((message) => message.content.flatMap(tell))
      .join('\n'),
    turns: turns.map(({ role, said }) => ({ role, said: sortResultsFirst(said) })),
    tools: request.tools.flatMap((tool) => (tool.kind === 'function' ? `${tool.name}: ${tool.description ?? ''}` : [])),
    stop: request.stop ?? [],
    // 1 is the default everywhere; Anthropic refuses to hear it said next to thinking.
    temperature: request.temperature ?? 1,
    maxOutputTokens: request.maxOutputTokens ?? null,
    stream: request.stream,
  };
}

function isInstruction(message: Message): boolean {
  return message.role === 'system' || message.role === 'developer';
}

/** Within a turn, dialects with a tool role put results before the rest. */
function sortResultsFirst(said: readonly string[]): readonly string[] {
  return [...said.filter((line) => line.startsWith('result ')), ...said.filter((line) => !line.startsWith('result '))];
}

function tellPart(part: Part, names: ReadonlyMap<string, string>): string[] {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      // Anthropic refuses blank texts.
      return part.text.trim() === '' ? [] : [`text ${part.text}`];
    case 'image':
      return [`image ${sourceOf(part.source)}`];
    case 'audio':
      return [`audio ${sourceOf(part.source)}`];
    case 'document':
      return [tellDocument(part)];
    case 'tool-call':
      return [`call ${part.name} ${canonical(part.arguments)}`];
    case 'tool-result':
      return tellResult(part, names);
    default:
      return [];
  }
}

/** A text document is its text: some dialects carry it in base64, some in words. */
function tellDocument({ source }: DocumentPart): string {
  if (source.kind === 'text') return `text ${source.text}`;
  const isText = source.kind === 'base64' && source.mediaType.startsWith('text/');
  return isText ? `text ${Buffer.from(source.data, 'base64').toString()}` : `document ${sourceOf(source)}`;
}

/** A result is told with the name of the call whose id it carries. */
function tellResult(part: Extract<UserPart, { kind: 'tool-result' }>, names: ReadonlyMap<string, string>): string[] {
  const said = part.content.flatMap((item) => tellPart(item, names));
  const texts = said.filter((line) => line.startsWith('text ')).map((line) => line.slice('text '.length));
  return [
    `result of ${names.get(part.id)}: ${canonical(texts.join(''))}`,
    ...said.filter((line) => !line.startsWith('text ')),
  ];
}

function sourceOf(source: {
  readonly kind: string;
  readonly data?: string;
  readonly url?: string;
  readonly id?: string;
}): string {
  return source.data ?? source.url ?? source.id ?? '';
}

/** JSON in one spelling, so that a result that became an object and came back is the same. */
function canonical(text: string): string {
  if (text.trim() === '') return '{}';
  try {
    return JSON.stringify(sortKeys(JSON.parse(text)));
  } catch {
    // Some dialects have one text for a result, and join its parts by lines.
    return text.replaceAll('\n', '');
  }
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sortKeys(item)]));
}

/** The facts as far as Ollama can tell them: a message has one text, and its pictures stand beside it. */
export function oneTextFacts(facts: RequestFacts): RequestFacts {
  const isText = (line: string) => line.startsWith('text ');
  return {
    ...facts,
    turns: facts.turns.map(({ role, said }) => {
      const text = said
        .filter(isText)
        .map((line) => line.slice('text '.length))
        .join('')
        .replaceAll(/\s/g, '');
      return { role, said: [...said.filter((line) => !isText(line)), ...(text === '' ? [] : [`text ${text}`])] };
    }),
  };
}
