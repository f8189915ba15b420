import type { Check, Installation } from './installation.ts';
import type { Outcome } from './outcome.ts';

/** Runs checks side by side, each for so long at most, and gives their outcomes in the order of the checks. Effects: those of the checks. */
export async function runChecks(
  checks: Readonly<Record<string, Check>>,
  installation: Omit<Installation, 'signal'>,
  limitMs: number,
): Promise<readonly Outcome[]> {
  const all = Object.entries(checks).map(([name, check]) => inTime(name, check, installation, limitMs));
  return (await Promise.all(all)).flat();
}

async function inTime(
  check: string,
  run: Check,
  installation: Omit<Installation, 'signal'>,
  limitMs: number,
): Promise<readonly Outcome[]> {
  const ending = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly Outcome[]>((resolve) => {
    timer = setTimeout(() => {
      ending.abort();
      const message = `this check had no answer within ${limitMs / 1000} s`;
      resolve([{ check, status: 'warn', where: check, message, hint: 'Run it again when the machine is less busy.' }]);
    }, limitMs);
  });
  try {
    return await Promise.race([run({ ...installation, signal: ending.signal }), late]);
  } finally {
    clearTimeout(timer);
  }
}
