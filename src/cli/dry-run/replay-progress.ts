import { number } from '#replay';
import type { Progress } from '../progress.ts';

/** How far a replay is. */
export interface ReplayPoint {
  readonly atMs: number;
  readonly readBytes: number;
  readonly lines: number;
}

const BAR_CELLS = 20;

/** Shows how far a replay is, of so many bytes on disk. The rate counts from the first report on: before it threads start and compile. */
export function showReplay(progress: Progress, nowMs: () => number, totalBytes: number) {
  let first: ReplayPoint | null = null;
  return (readBytes: number, lines: number): void => {
    const point = { atMs: nowMs(), readBytes, lines };
    first ??= point;
    progress.step(progressText(first, point, totalBytes));
  };
}

/** Such as `████░░░░░░░░░░░░░░░░ 20%  240,000 records, 120,000 a second, 8 s left`. Pure. */
export function progressText(first: ReplayPoint, now: ReplayPoint, totalBytes: number): string {
  const share = totalBytes === 0 ? 1 : Math.min(1, now.readBytes / totalBytes);
  const full = Math.floor(share * BAR_CELLS);
  const bar = `${'█'.repeat(full)}${'░'.repeat(BAR_CELLS - full)} ${Math.floor(share * 100)}%  ${number(now.lines)} records`;
  const seconds = (now.atMs - first.atMs) / 1000;
  const bytes = now.readBytes - first.readBytes;
  if (seconds <= 0 || bytes <= 0) return bar;
  const left = Math.max(0, totalBytes - now.readBytes) / (bytes / seconds);
  return `${bar}, ${number(Math.round((now.lines - first.lines) / seconds))} a second, ${timeText(left)} left`;
}

function timeText(seconds: number): string {
  return seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
}
