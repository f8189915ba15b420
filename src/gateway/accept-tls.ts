import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { createServer, type TLSSocket, type TlsOptions } from 'node:tls';
import type { Log } from './gateway-parts.ts';
import { readTlsFiles, type TlsSettings } from './tls-files.ts';

const REREAD_EVERY_MS = 10_000;

/** A listener that takes TLS only. */
export interface TlsListener {
  readonly close: () => void;
}

/**
 * Puts TLS before whatever the server does with a connection: HTTP/1.1, HTTP/2 and WebSockets see plain text as ever. Files that change are served to the
 * next connection; ones that do not fit keep the former in service and are logged once. Throws TlsFilesError for what cannot be served at the start.
 * Effects: replaces the listeners of the server, reads files by a timer.
 */
export function acceptTls(server: Server, settings: TlsSettings, handshakeMs: number, log: Log): TlsListener {
  let served = readTlsFiles(settings);
  let refused = '';
  const plain = server.listeners('connection') as ((socket: Socket) => void)[];
  const tls = createServer(optionsOf(settings, served.context, handshakeMs));
  tls.on('tlsClientError', (_error, socket) => socket.destroy());
  tls.on('secureConnection', (socket) => {
    if (isStranger(socket, settings)) {
      socket.destroy();
      return;
    }
    // Between the handshake and whoever takes the connection there must be no moment in which a reset is a bug.
    socket.on('error', () => socket.destroy());
    for (const listener of plain) listener.call(server, socket);
  });

  function reread(): void {
    try {
      const found = readTlsFiles(settings);
      refused = '';
      if (found.identity === served.identity) return;
      served = found;
      tls.setSecureContext(found.context);
      // Tickets of before would let a client in whose authority is no longer trusted.
      tls.setTicketKeys(randomBytes(48));
      log.info({ certificate: settings.certificateFile }, 'the certificate of the listener has changed');
    } catch (error) {
      const { message } = error as Error;
      if (message === refused) return;
      refused = message;
      log.error({ err: error }, 'new files of TLS cannot be served; the former stay in service');
    }
  }

  server.removeAllListeners('connection');
  server.on('connection', (socket) => void tls.emit('connection', socket));
  const timer = setInterval(reread, settings.rereadEveryMs ?? REREAD_EVERY_MS);
  timer.unref();
  return { close: () => clearInterval(timer) };
}

function optionsOf(settings: TlsSettings, context: TlsOptions, handshakeMs: number): TlsOptions {
  const asks = settings.clientAuthorityFile !== null;
  return {
    ...context,
    handshakeTimeout: handshakeMs,
    ALPNProtocols: ['h2', 'http/1.1'],
    requestCert: asks,
    // An optional certificate is looked at once it is known whether there is one.
    rejectUnauthorized: asks && settings.clientCertificate === 'required',
    ...(asks ? { sessionIdContext: 'signalbox' } : {}),
  };
}

/** Tells whether a client shows a certificate that no trusted authority signed. */
function isStranger(socket: TLSSocket, { clientAuthorityFile }: TlsSettings): boolean {
  if (clientAuthorityFile === null || socket.authorized) return false;
  return socket.getPeerX509Certificate() !== undefined;
}
