import { isObject, type ServiceRequest, type Usage } from '#core';
import { createSseFramer, type OutboundService, unreportedUsage } from '#dialects';
import type { CallSize, Counted, StreamAccount } from './stream-account.ts';

/** How the answer of a call that is no chat is read. */
export interface ServiceAnswer extends Pick<OutboundService, 'readResponse' | 'readEvent' | 'mayBeRaw'> {
  /** What to charge where the provider reports nothing. */
  readonly unreported: Usage;
}

/** The reading of answers to one request, of about that size. Pure. */
export function serviceAnswer(outbound: OutboundService, request: ServiceRequest, size: CallSize): ServiceAnswer {
  const { readResponse, readEvent, mayBeRaw } = outbound;
  const unreported = unreportedUsage(request, size);
  return { readResponse, mayBeRaw, unreported, ...(readEvent === undefined ? {} : { readEvent }) };
}

/** The provider's figures, else what stands in for them. Pure. */
export function countService(answer: ServiceAnswer, usage: Usage | undefined, pieces: number | undefined): Counted {
  if (usage !== undefined) return { usage, estimated: false };
  // What is paid by the piece is known without tokens.
  return { usage: answer.unreported, estimated: pieces === undefined };
}

/** The account of an answer that passes unread: sound, subtitles, events. Figures are looked for in events alone. */
export interface RawAccount extends StreamAccount {
  readonly bytes: (bytes: Uint8Array) => void;
}

/** Creates it. */
export function createRawAccount(answer: ServiceAnswer, isEventStream: boolean): RawAccount {
  let framer = isEventStream ? createSseFramer() : null;
  let usage: Usage | undefined;
  let pieces = 0;

  function look(data: string | null): void {
    if (data === null || !data.includes('"type"')) return;
    try {
      const event: unknown = JSON.parse(data);
      const found = isObject(event) ? answer.readEvent?.(event) : undefined;
      usage = found?.usage ?? usage;
      pieces += found?.pieces ?? 0;
    } catch {
      // An event that is no JSON tells no figures.
    }
  }

  return {
    push: () => undefined,
    addText: () => undefined,
    bytes(bytes) {
      if (framer === null) return;
      try {
        for (const { data } of framer.push(bytes)) look(data);
      } catch {
        // One event larger than any figures are.
        framer = null;
      }
    },
    finish: () => null,
    total: () => countService(answer, usage, pieces > 0 ? pieces : undefined),
    reported: () => usage ?? null,
    pieces: () => (pieces > 0 ? pieces : undefined),
  };
}
