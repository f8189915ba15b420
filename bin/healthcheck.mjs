// The image's health check: slim images have no curl, and this needs nothing but Node.
import { get as getPlain } from 'node:http';
import { get as getSecure } from 'node:https';

const port = process.env.SIGNALBOX_PORT ?? '8787';
const isSecure = Boolean(process.env.SIGNALBOX_TLS_CERT);
const get = isSecure ? getSecure : getPlain;
// The certificate is for the names that callers use, and this call does not leave the machine.
const options = { host: '127.0.0.1', port, path: '/healthz', timeout: 2000, rejectUnauthorized: false };
const request = get(options, (response) => {
  response.resume();
  process.exitCode = response.statusCode === 200 ? 0 : 1;
});
request.on('timeout', () => request.destroy(new Error('no answer within 2 s')));
request.on('error', (error) => {
  // Who asks for a certificate of its clients lives, and this is none of them.
  if (isSecure && /CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE/.test(error.code ?? '')) return;
  process.stderr.write(`healthcheck: port ${port}: ${error.message}\n`);
  process.exitCode = 1;
});
