import type { Progress } from './progress.ts';

/** Whether policy wants texts in traces: only then are answers read for them. Pure. */
export function capturesContent({ active }: Pick<Progress, 'active'>): boolean {
  return active.snapshot.project.telemetry.contentCapture;
}
