import { TokenError } from './fetch-token.ts';

/** Waits for credentials that a library asks for in its own way, `limitMs` at most; then rejects with TokenError, and what comes later is nobody's. */
export async function inTime<T>(asked: Promise<T>, limitMs: number, problem: string): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new TokenError(problem)), limitMs);
  try {
    return await Promise.race([asked, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
