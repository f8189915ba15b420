import { connect } from 'node:net';
import { readOtlpSettings } from '#telemetry';
import type { Check } from '../installation.ts';
import { good, type Outcome } from '../outcome.ts';

const PORTS: Readonly<Record<string, number>> = { 'https:': 443, 'http:': 80 };

/** Whether something listens where telemetry goes. Nothing is sent. */
export const checkCollector: Check = async ({ isOnline, call, signal }) => {
  if (!isOnline) return [];
  const settings = readOtlpSettings(call.terminal.env);
  const targets = [settings.traces, settings.metrics, settings.logs].flatMap((target) => target ?? []);
  const hosts = new Map(
    targets.map(({ url }) => addressOf(url)).map((address) => [`${address.host}:${address.port}`, address]),
  );
  return Promise.all(
    [...hosts].map(async ([where, address]): Promise<Outcome> => {
      const code = await whyNot(address, signal);
      if (code === null) return good('telemetry', where, 'something listens there; nothing was sent');
      const hint = 'Start the collector, or correct OTEL_EXPORTER_OTLP_ENDPOINT. Requests are answered without it.';
      return { check: 'telemetry', status: 'warn', where, message: `the collector cannot be reached (${code})`, hint };
    }),
  );
};

/** gRPC is named by host and port alone as well. */
function addressOf(url: string): { readonly host: string; readonly port: number } {
  const { hostname, port, protocol } = new URL(/^https?:/.test(url) ? url : `http://${url}`);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? (PORTS[protocol] ?? 80) : Number(port) };
}

function whyNot({ host, port }: ReturnType<typeof addressOf>, signal: AbortSignal): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, signal });
    socket.once('connect', () => {
      socket.destroy();
      resolve(null);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}
