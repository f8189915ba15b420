import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** PEM files of an authority of one's own, and of a server on this machine that it vouches for. */
export interface Authority {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/** Makes them by `openssl` in a folder: the server is `localhost` and 127.0.0.1, for two days. */
export function makeAuthority(openssl: string, directory: string): Authority {
  const file = (name: string) => join(directory, name);
  const run = (...args: readonly string[]) => execFileSync(openssl, args, { stdio: 'ignore' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const [ca, caKey, key, request, certificate] = ['ca.pem', 'ca.key', 'key.pem', 'request.pem', 'certificate.pem'].map(
    file,
  ) as [string, string, string, string, string];
  run('req', '-x509', ...newKey, '-days', '2', '-subj', '/CN=Authority of a test', '-keyout', caKey, '-out', ca);
  run('req', ...newKey, '-subj', '/CN=localhost', '-keyout', key, '-out', request);
  writeFileSync(file('names.cnf'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  const signed = ['-CA', ca, '-CAkey', caKey, '-CAcreateserial', '-days', '2', '-extfile', file('names.cnf')];
  run('x509', '-req', '-in', request, ...signed, '-out', certificate);
  return { ca, certificate, key };
}
