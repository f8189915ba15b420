import type { Command } from 'commander';
import type { TlsSettings } from '#gateway';
import { textOption } from '../options.ts';
import { UsageError } from '../usage-error.ts';
import type { VerbCall } from '../verb.ts';

const VERSIONS: Readonly<Record<string, TlsSettings['minVersion']>> = Object.freeze({
  '1.2': 'TLSv1.2',
  '1.3': 'TLSv1.3',
});

/** Adds the flags of TLS, each of which is a variable as well. */
export function withTls(command: Command): Command {
  return command
    .option('--tls-cert <file>', 'certificate of the listener, PEM (default: $SIGNALBOX_TLS_CERT, else plain text)')
    .option('--tls-key <file>', 'its key, PEM (default: $SIGNALBOX_TLS_KEY)')
    .option('--tls-min-version <version>', '1.2 or 1.3 (default: $SIGNALBOX_TLS_MIN_VERSION, else 1.2)')
    .option('--tls-client-ca <file>', 'authorities of client certificates, PEM (default: $SIGNALBOX_TLS_CLIENT_CA)')
    .option(
      '--tls-client-auth <mode>',
      'required or optional client certificates (default: $SIGNALBOX_TLS_CLIENT_AUTH, else required)',
    );
}

/** TLS as flags and environment set it; null where neither does. Throws UsageError for settings that do not fit together. */
export function readTlsSettings({ options, terminal: { env } }: VerbCall): TlsSettings | null {
  const certificateFile = textOption(options.tlsCert) ?? (env.SIGNALBOX_TLS_CERT || null);
  const keyFile = textOption(options.tlsKey) ?? (env.SIGNALBOX_TLS_KEY || null);
  const clientAuthorityFile = textOption(options.tlsClientCa) ?? (env.SIGNALBOX_TLS_CLIENT_CA || null);
  const auth = textOption(options.tlsClientAuth) ?? (env.SIGNALBOX_TLS_CLIENT_AUTH || null);
  const version = textOption(options.tlsMinVersion) ?? (env.SIGNALBOX_TLS_MIN_VERSION || null);
  if (certificateFile === null || keyFile === null) {
    if ([certificateFile, keyFile, clientAuthorityFile, auth, version].every((each) => each === null)) return null;
    throw new UsageError('TLS needs a certificate and its key', 'Set both --tls-cert and --tls-key.');
  }
  if (auth !== null && clientAuthorityFile === null) {
    throw new UsageError('--tls-client-auth needs an authority', 'Name its certificate by --tls-client-ca.');
  }
  const minVersion = VERSIONS[version ?? '1.2'];
  if (minVersion === undefined) throw new UsageError(`--tls-min-version is 1.2 or 1.3, not ${JSON.stringify(version)}`);
  const clientCertificate = auth ?? 'required';
  if (clientCertificate !== 'required' && clientCertificate !== 'optional') {
    throw new UsageError(`--tls-client-auth is required or optional, not ${JSON.stringify(auth)}`);
  }
  return { certificateFile, keyFile, clientAuthorityFile, clientCertificate, minVersion };
}
