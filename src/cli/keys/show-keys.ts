import { createPaint } from '../report/colours.ts';
import type { Look } from '../report/report.ts';
import { safeText } from '../report/safe-text.ts';
import type { WrittenKey } from './find-consumer.ts';
import { startOfDay } from './key-dates.ts';

/** Whether a key holds, and how long: `ending` within two weeks, `unlimited` without a last day. */
export type KeyState = 'valid' | 'ending' | 'expired' | 'unlimited';

/** A key with its consumer. */
export interface ListedKey extends WrittenKey {
  readonly consumer: string;
  readonly file: string;
  readonly state: KeyState;
}

const DAY_MS = 86_400_000;
const ENDING_DAYS = 14;

/** How a key stands at a time. Pure. */
export function stateOf({ expiresAt }: WrittenKey, nowMs: number): KeyState {
  if (expiresAt === null) return 'unlimited';
  const left = startOfDay(expiresAt) - nowMs;
  return left <= 0 ? 'expired' : left < ENDING_DAYS * DAY_MS ? 'ending' : 'valid';
}

/** The keys for people, one on a line with its place below. Pure. */
export function showKeys(
  keys: readonly ListedKey[],
  { hasColours }: Look,
  nowMs: number,
  pathOf: (file: string) => string,
): string {
  if (keys.length === 0) return 'There is no key: `signalbox keys create CONSUMER` makes one.\n';
  const paint = createPaint(hasColours);
  const width = Math.max(...keys.map(({ consumer, id }) => consumer.length + id.length + 1));
  const lines = keys.map((key) => {
    const { consumer, id, createdAt, expiresAt, state, sha256, environments, file, line } = key;
    const days = expiresAt === null ? 0 : Math.ceil((startOfDay(expiresAt) - nowMs) / DAY_MS);
    const when =
      state === 'unlimited'
        ? 'never ends'
        : state === 'expired'
          ? `ended ${expiresAt}`
          : `until ${expiresAt}, ${days} day${days === 1 ? '' : 's'} left`;
    const part = state === 'expired' ? 'error' : state === 'valid' ? 'good' : 'warn';
    const name = `${safeText(consumer)}/${safeText(id)}`;
    const made = createdAt === null ? '' : paint('dim', `  made ${createdAt}`);
    const where = environments === null ? '' : paint('dim', `  for ${environments.map(safeText).join(', ')}`);
    return `${name.padEnd(width)}  ${paint(part, when)}${made}${where}\n  ${paint('dim', `sha256 ${safeText(sha256.slice(0, 12))}…`)}  ${paint('place', `${safeText(pathOf(file))}:${line}`)}`;
  });
  return `${lines.join('\n')}\n`;
}
