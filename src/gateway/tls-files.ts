import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContextOptions, type SecureVersion } from 'node:tls';

/** TLS of the listener: files, so that mounts of Docker and Kubernetes fit as they are. */
export interface TlsSettings {
  /** PEM: the certificate, then those between it and its authority. */
  readonly certificateFile: string;
  readonly keyFile: string;
  /** PEM: authorities of clients' certificates; null asks for none. */
  readonly clientAuthorityFile: string | null;
  /** Whether a client without a certificate is let in. One with a certificate of another authority never is. */
  readonly clientCertificate: 'required' | 'optional';
  readonly minVersion: Extract<SecureVersion, 'TLSv1.2' | 'TLSv1.3'>;
  /** How often the files are read again; 10 s by default. */
  readonly rereadEveryMs?: number;
}

/** What the files hold at one moment, known to fit together. */
export interface TlsMaterial {
  readonly context: SecureContextOptions;
  /** Equal exactly when nothing has changed; holds the key, so it stays in memory. */
  readonly identity: string;
}

/** Files of TLS that cannot be served. The message names the file, never what it holds. */
export class TlsFilesError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TlsFilesError';
  }
}

/** Reads the files and tries them. Throws TlsFilesError for a file that is not there, is no PEM, or a key of another certificate. Effects: reads files. */
export function readTlsFiles(settings: TlsSettings): TlsMaterial {
  const { certificateFile, keyFile, clientAuthorityFile, minVersion } = settings;
  const cert = readText(certificateFile);
  const key = readText(keyFile);
  const ca = clientAuthorityFile === null ? null : readText(clientAuthorityFile);
  if (ca !== null && !ca.includes('-----BEGIN CERTIFICATE-----')) {
    throw new TlsFilesError(`${clientAuthorityFile} holds no certificate in PEM`);
  }
  const context = { cert, key, minVersion, ...(ca === null ? {} : { ca }) };
  try {
    createSecureContext(context);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const files = [certificateFile, keyFile, ...(clientAuthorityFile === null ? [] : [clientAuthorityFile])];
    throw new TlsFilesError(`${files.join(', ')} do not make a TLS server: ${code ?? 'not PEM'}`, { cause: error });
  }
  return { context, identity: JSON.stringify([cert, key, ca]) };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new TlsFilesError(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code}`, { cause: error });
  }
}
