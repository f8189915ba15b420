import { createConnection } from 'node:net';
import { fuzzInput } from './fuzz-request.ts';

/** What a run found. */
export interface FuzzRun {
  readonly inputs: number;
  /** How many got which status; 0 stands for a connection that was closed without an answer. */
  readonly statuses: Readonly<Record<number, number>>;
  /** Inputs that met a failure of the gateway's own, or no answer and no end. */
  readonly failures: readonly { readonly seed: number; readonly what: string }[];
}

// Longer than any answer takes; what is still silent then has not come to its end.
const PATIENCE_MS = 1000;
const HANG_MS = 15_000;
const TOGETHER = 32;

/**
 * Sends the inputs of so many seeds to a gateway, each on its own connection. An input that asks for more than it sends is ended by the sender. Resolves when all were answered,
 * closed or given up.
 */
export async function runFuzz(port: number, first: number, count: number, onDone: (inputs: number) => void = () => {}) {
  const statuses: Record<number, number> = {};
  const failures: { seed: number; what: string }[] = [];
  let next = first;
  let done = 0;

  async function work(): Promise<void> {
    while (next < first + count) {
      const seed = next++;
      const { status, text, isHung } = await sendInput(port, seed);
      statuses[status] = (statuses[status] ?? 0) + 1;
      if (isHung) failures.push({ seed, what: 'no answer and no end' });
      // A provider’s answer of another kind than was asked for is not the gateway's own failure.
      if (status >= 500 && !text.includes('x-signalbox-error: chain_exhausted'))
        failures.push({ seed, what: text.slice(0, 600) });
      onDone(++done);
    }
  }
  await Promise.all(Array.from({ length: TOGETHER }, work));
  const run: FuzzRun = { inputs: done, statuses, failures };
  return run;
}

function sendInput(port: number, seed: number) {
  return new Promise<{ readonly status: number; readonly text: string; readonly isHung: boolean }>((resolve) => {
    const { pieces } = fuzzInput(seed);
    const socket = createConnection({ port, host: '127.0.0.1' });
    let text = '';
    let isHung = false;
    const patience = setTimeout(() => socket.end(), PATIENCE_MS);
    const hang = setTimeout(() => {
      isHung = true;
      socket.destroy();
    }, HANG_MS);
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
      // 100 Continue is no answer yet.
      if (isWhole(text)) socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(patience);
      clearTimeout(hang);
      const [last] = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].filter(([, status]) => status !== '100');
      resolve({ status: Number(last?.[1] ?? 0), text, isHung });
    });
    socket.on('connect', () => {
      for (const piece of pieces) socket.write(piece);
    });
  });
}

/** Whether an answer is there: enough of it to tell its status, and its body where it has a length. */
function isWhole(text: string): boolean {
  const answer = text.replace(/^(HTTP\/1\.1 100 [^\r]*\r\n\r\n)+/, '');
  const end = answer.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const length = /^content-length: (\d+)/im.exec(answer.slice(0, end))?.[1];
  return length === undefined ? answer.endsWith('0\r\n\r\n') : answer.length >= end + 4 + Number(length);
}
