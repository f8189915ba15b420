import { forbiddenAddress, type Reach } from '#network';

/** What an address answered. */
export interface Probed {
  readonly status: number;
  /** Its clock, by the header `date`; null where it sends none. */
  readonly nowMs: number | null;
}

/** Why an address did not answer, in words without its path and its query. */
export class NoAnswer extends Error {}

/** Asks an address by GET, as calls of the gateway would reach it: DNS, TLS, one answer whose body is not read. Rejects with NoAnswer. Effect: a connection. */
export async function probeUrl(
  url: string,
  {
    reach,
    headers = {},
    signal,
  }: { readonly reach: Reach; readonly headers?: Readonly<Record<string, string>>; readonly signal: AbortSignal },
): Promise<Probed> {
  const { Agent, request } = await import('undici');
  const dispatcher = new Agent({ connect: { lookup: reach.lookup } });
  try {
    const { statusCode, headers: told } = await request(url, {
      dispatcher,
      headers: { 'user-agent': 'signalbox', ...headers },
      signal,
    });
    const atMs = Date.parse(String(told.date ?? ''));
    return { status: statusCode, nowMs: Number.isNaN(atMs) ? null : atMs };
  } catch (error) {
    const { code = 'error' } = error as { readonly code?: string };
    throw new NoAnswer(forbiddenAddress(error)?.message ?? `no answer (${code})`, { cause: error });
  } finally {
    // What is left of the answer is nobody's.
    await dispatcher.destroy();
  }
}
