import type {
  AssistantPart,
  Choice,
  Citation,
  Finish,
  NeutralEvent,
  NeutralResponse,
  PartStart,
  ReasoningPart,
  StreamError,
  TextPart,
  TokenLogprob,
  Usage,
} from '#core';

/** Puts the events of one stream together again. */
export interface EventCollector {
  readonly push: (event: NeutralEvent) => void;
  /** The answer so far; complete once `response-end` was pushed. The error event, when one came. */
  readonly result: () => NeutralResponse | StreamError;
}

/**
 * Creates a collector: for callers who asked for JSON where the upstream streams, and for caches. It holds the whole
 * answer; text pieces are joined once, in `result`.
 */
export function collectEvents(): EventCollector {
  const choices = new Map<number, { readonly blocks: Map<number, Block>; finish: Finish | null }>();
  let head: { readonly id: string; readonly model: string; readonly createdAt?: number } = { id: '', model: '' };
  let usage: Usage | undefined;
  let error: StreamError | undefined;
  const unread = new Set<string>();

  function choiceOf(index: number) {
    let choice = choices.get(index);
    if (choice === undefined) {
      choice = { blocks: new Map(), finish: null };
      choices.set(index, choice);
    }
    return choice;
  }

  function push(event: NeutralEvent): void {
    switch (event.kind) {
      case 'response-start': {
        const { id, model, createdAt } = event;
        head = { id, model, ...(createdAt === undefined ? {} : { createdAt }) };
        return;
      }
      case 'part-start':
        choiceOf(event.choice).blocks.set(event.index, {
          start: event.part,
          pieces: [],
          signature: undefined,
          citations: [],
          logprobs: [],
        });
        return;
      case 'text-delta': {
        const block = choiceOf(event.choice).blocks.get(event.index);
        block?.pieces.push(event.text);
        if (event.logprobs !== undefined) block?.logprobs.push(...event.logprobs);
        return;
      }
      case 'citation':
        choiceOf(event.choice).blocks.get(event.index)?.citations.push(event.citation);
        return;
      case 'unread':
        unread.add(event.what);
        return;
      case 'refusal-delta':
      case 'reasoning-delta':
        choiceOf(event.choice).blocks.get(event.index)?.pieces.push(event.text);
        return;
      case 'tool-arguments-delta':
        choiceOf(event.choice).blocks.get(event.index)?.pieces.push(event.arguments);
        return;
      case 'reasoning-signature': {
        const block = choiceOf(event.choice).blocks.get(event.index);
        if (block !== undefined) block.signature = event.signature;
        return;
      }
      case 'finish':
        choiceOf(event.choice).finish = event.finish;
        return;
      case 'usage':
        usage = event.usage;
        return;
      case 'error':
        error = event.error;
        return;
      case 'part-end':
      case 'response-end':
        return;
    }
  }

  function result(): NeutralResponse | StreamError {
    if (error !== undefined) return error;
    const list: Choice[] = [...choices.entries()]
      .sort(([a], [b]) => a - b)
      .map(([index, { blocks, finish }]) => ({
        index,
        content: [...blocks.entries()].sort(([a], [b]) => a - b).map(([, block]) => partOf(block)),
        finish: finish ?? { reason: 'other' },
      }));
    return {
      ...head,
      choices: list,
      ...(usage === undefined ? {} : { usage }),
      ...(unread.size === 0 ? {} : { unread: [...unread] }),
      extra: {},
    };
  }

  return { push, result };
}

interface Block {
  readonly start: PartStart;
  readonly pieces: string[];
  signature: string | undefined;
  readonly citations: Citation[];
  readonly logprobs: TokenLogprob[];
}

function partOf({ start, pieces, signature, citations, logprobs }: Block): AssistantPart {
  switch (start.kind) {
    case 'whole':
      return start.part;
    case 'tool-call':
      return { ...start, arguments: pieces.join('') };
    case 'reasoning': {
      const part: ReasoningPart = { ...start, text: pieces.join('') };
      return signature === undefined ? part : { ...part, signature };
    }
    case 'text': {
      const part: TextPart = { kind: 'text', text: pieces.join('') };
      return {
        ...part,
        ...(citations.length === 0 ? {} : { citations }),
        ...(logprobs.length === 0 ? {} : { logprobs }),
      };
    }
    case 'refusal':
      return { kind: 'refusal', text: pieces.join('') };
  }
}
