import { isObject } from '#core';
import type { RealtimeSocket } from './realtime-socket.ts';

/** The sandbox's side of a session, in the process: it says who it is, and answers each `response.create` with the same words and figures. */
export function sandboxRealtime(model: string): RealtimeSocket {
  let take: ((data: Buffer, isBinary: boolean) => void) | null = null;
  let onClosed: ((code: number, reason: string) => void) | null = null;
  let isClosed = false;
  let count = 0;

  function say(event: object): void {
    queueMicrotask(() => isClosed || take?.(Buffer.from(JSON.stringify(event)), false));
  }

  function answer(): void {
    count += 1;
    const id = `resp_sandbox_${count}`;
    const usage = { total_tokens: 30, input_tokens: 20, output_tokens: 10 };
    say({ type: 'response.created', response: { id, status: 'in_progress' } });
    say({ type: 'response.output_text.delta', response_id: id, delta: `[sandbox] ${model} listens.` });
    say({ type: 'response.done', response: { id, status: 'completed', usage } });
  }

  return {
    send(data, _isBinary, onSent) {
      onSent();
      const event = parse(data);
      if (isObject(event) && event.type === 'response.create') answer();
    },
    bufferedBytes: () => 0,
    pause: () => undefined,
    resume: () => undefined,
    close(code, reason) {
      if (isClosed) return;
      isClosed = true;
      queueMicrotask(() => onClosed?.(code, reason));
    },
    onMessage(listener) {
      take = listener;
      say({ type: 'session.created', session: { id: 'sess_sandbox', object: 'realtime.session', model } });
    },
    onClose(listener) {
      onClosed = listener;
    },
  };
}

function parse(data: Buffer): unknown {
  try {
    return JSON.parse(data.toString('utf8'));
  } catch {
    return null;
  }
}
