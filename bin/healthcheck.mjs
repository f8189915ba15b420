// The image's health check: slim images have no curl, and this needs nothing but Node.
import { get } from 'node:http';

const port = process.env.SIGNALBOX_PORT ?? '8787';
const request = get({ host: '127.0.0.1', port, path: '/healthz', timeout: 2000 }, (response) => {
  response.resume();
  process.exitCode = response.statusCode === 200 ? 0 : 1;
});
request.on('timeout', () => request.destroy(new Error('no answer within 2 s')));
request.on('error', (error) => {
  process.stderr.write(`healthcheck: port ${port}: ${error.message}\n`);
  process.exitCode = 1;
});
