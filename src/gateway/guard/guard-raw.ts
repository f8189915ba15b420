import { GatewayError } from '#core';
import type { Executed } from '#upstream';
import type { GatewayParts } from '../gateway-parts.ts';
import type { Progress } from '../progress.ts';
import { guardBytes } from './guard-answer.ts';
import { readsAnswers } from './guard-use.ts';

type Raw = Extract<Executed, { kind: 'stream' }>;

const MAX_TEXT_BYTES = 4 * 1024 * 1024;

/**
 * The answer that the caller may see of those that pass unread. Sound has no text. Text and subtitles are gathered and checked whole; events, whose texts stand in pieces, are refused
 * where a guardrail reads answers. Throws `guardrail_blocked`, `unsupported_parameter`.
 */
export async function guardRaw(parts: GatewayParts, progress: Progress, executed: Raw): Promise<Raw> {
  const use = progress.guard;
  const type = executed.contentType?.toLowerCase() ?? '';
  if (!readsAnswers(use) || isSound(progress, type)) return executed;
  if (type.startsWith('text/event-stream')) {
    await discard(executed);
    throw new GatewayError('unsupported_parameter', 'stream: the guardrails of this route read whole answers only', {
      field: 'stream',
    });
  }
  const pieces: Buffer[] = [];
  let size = 0;
  const end = await executed.stream.start({
    bytes(bytes) {
      size += bytes.length;
      if (size <= MAX_TEXT_BYTES) pieces.push(Buffer.from(bytes));
      return true;
    },
    events: () => true,
    onDrain: () => undefined,
  });
  if (size > MAX_TEXT_BYTES) throw new GatewayError('guardrail_blocked', 'the answer is too long to be checked');
  const text = Buffer.concat(pieces).toString('utf8');
  const guarded = await guardBytes(parts, progress, Buffer.from(JSON.stringify({ text })));
  const checked = JSON.parse(Buffer.from(guarded).toString('utf8')) as { text: string };
  return {
    ...executed,
    stream: {
      form: 'bytes',
      async start(sink) {
        sink.bytes(Buffer.from(checked.text));
        return end;
      },
    },
  };
}

/** A transcript is words, whatever its label says; else the label tells. */
function isSound({ service }: Progress, type: string): boolean {
  return service?.name !== 'transcription' && service?.name !== 'translation' && !type.startsWith('text/');
}

async function discard({ stream }: Raw): Promise<void> {
  await stream.start({ bytes: () => true, events: () => true, onDrain: () => undefined });
}
