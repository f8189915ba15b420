import { createServer } from 'node:net';
import { asObject, asString } from '#core';
import { askGateway, gatewayUrl } from '../../call-admin.ts';
import { textOption } from '../../options.ts';
import { UsageError } from '../../usage-error.ts';
import type { Check, Installation } from '../installation.ts';
import { good, type Outcome } from '../outcome.ts';

const ANSWER_MS = 1000;

/** Whether the port is free, else who answers there: a gateway with its version, and whether it serves what the folder holds. */
export const checkPort: Check = async (installation) => {
  const { host = '127.0.0.1', port = 8787 } = installation.options;
  if (textOption(installation.call.options.url) !== undefined)
    return checkGateway(installation, gatewayUrl(installation.call), true);
  const where = `${host}:${port}`;
  if (port === 0) return [good('port', where, 'any free port will do')];
  const code = await whyNot(host, port);
  if (code === null) return [good('port', where, 'the port is free')];
  if (code === 'EADDRINUSE') return checkGateway(installation, localUrl(installation.options), false);
  const hint = 'Name another address by --host or --port (SIGNALBOX_HOST, SIGNALBOX_PORT).';
  return [{ check: 'port', status: 'error', where, message: `cannot listen there: ${code}`, hint }];
};

/** Listens for a moment, as `serve` will; the error's code where it cannot. */
function whyNot(host: string, port: number): Promise<string | null> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
  });
}

/** The listener's own address as a client names it. Pure. */
function localUrl({ host = '127.0.0.1', port, tls = null }: Installation['options']): string {
  const isAny = host === '0.0.0.0' || host === '::';
  const name = isAny ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  return `${tls === null ? 'http' : 'https'}://${name}:${port ?? 8787}`;
}

async function checkGateway(installation: Installation, base: string, isWanted: boolean): Promise<readonly Outcome[]> {
  const { call } = installation;
  const ask = (path: string) =>
    askGateway({ base, path, method: 'GET', token: call.terminal.env.SIGNALBOX_ADMIN_TOKEN, timeoutMs: ANSWER_MS });
  try {
    const ready = asObject((await ask('/readyz')).body);
    const revision = asString(ready.revision);
    if (revision === undefined) throw new UsageError(`${base} is no Signalbox gateway: it names no revision`);
    // Without its token a gateway still tells its revision.
    const status = await ask('/admin/status').then(
      ({ body }) => asObject(body),
      () => ({}) as ReturnType<typeof asObject>,
    );
    return gatewayOutcomes(installation, base, { ...ready, ...status, revision });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const message = isWanted ? error.message : `the port is taken, and ${error.message}`;
    const hint = isWanted
      ? (error.hint ?? 'Name the gateway by --url.')
      : 'Stop what listens there, or name another port by --port.';
    return [{ check: 'port', status: 'error', where: base, message, hint }];
  }
}

function gatewayOutcomes(
  { compiled, options }: Installation,
  where: string,
  told: ReturnType<typeof asObject> & { readonly revision: string },
): readonly Outcome[] {
  const { revision } = told;
  const environment = asString(told.environment) ?? null;
  const version = asString(told.version);
  const status = asString(told.status) ?? 'unknown';
  const who = `a gateway answers${version === undefined ? '' : ` (version ${version}, ${environment})`}: ${status}, revision ${revision}`;
  const first: Outcome =
    status === 'ready'
      ? good('port', where, who)
      : { check: 'port', status: 'warn', where, message: who, hint: 'See why: signalbox status.' };
  const same = compiled.filter((each) => environment === null || each.environment === environment);
  const isSame = same.some(({ snapshot }) => snapshot?.revision === revision);
  if (isSame) return [first, good('port', where, `it serves what ${options.policies} holds`)];
  const message = `it serves another revision than ${options.policies} holds`;
  return [first, { check: 'port', status: 'warn', where, message, hint: 'Let it read the folder: signalbox reload.' }];
}
