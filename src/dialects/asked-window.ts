/** Betas that make a model read more than it declares: `context-1m-2025-08-07` (https://docs.anthropic.com/en/docs/build-with-claude/context-windows, read 2026-11). */
const CONTEXT_BETA = /(?:^|[\s,])context-(\d{1,4})([km])-/i;

/** The context window in tokens that a call asks for by its headers, beyond what models declare; null for none. Pure. */
export function askedWindow(headers: Readonly<Record<string, string | readonly string[] | undefined>>): number | null {
  const sent = headers['anthropic-beta'];
  const [, count, unit] = CONTEXT_BETA.exec(typeof sent === 'string' ? sent : (sent?.join(',') ?? '')) ?? [];
  if (count === undefined || unit === undefined) return null;
  return Number(count) * (unit.toLowerCase() === 'm' ? 1_000_000 : 1000);
}
