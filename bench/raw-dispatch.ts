import { createServer } from 'node:http';
import { Pool } from 'undici';

/** The reference of `request-path.ts`: node:http in, undici dispatch out, bodies buffered, no policy. `node bench/raw-dispatch.ts PORT UPSTREAM_PORT`. */
const [port, upstreamPort] = process.argv.slice(2).map(Number);
const pool = new Pool(`http://127.0.0.1:${upstreamPort}`, { connections: 128, pipelining: 1 });

createServer({ noDelay: true }, (request, reply) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    const headers = { 'content-type': request.headers['content-type'] ?? 'application/json' };
    const body = parts.length === 1 ? parts[0] : Buffer.concat(parts);
    const answer: Buffer[] = [];
    let status = 502;
    let answerHeaders = {};
    pool.dispatch(
      { path: request.url ?? '/', method: 'POST', headers, body: body ?? null },
      {
        onRequestStart() {},
        onResponseStart(_controller, statusCode, received) {
          status = statusCode;
          answerHeaders = {
            'content-type': received['content-type'],
            'content-length': received['content-length'],
          };
        },
        onResponseData(_controller, part) {
          answer.push(part);
        },
        onResponseEnd() {
          reply.writeHead(status, answerHeaders);
          reply.end(answer.length === 1 ? answer[0] : Buffer.concat(answer));
        },
        onResponseError(_controller, error) {
          reply.writeHead(502);
          reply.end(error.message);
        },
      },
    );
  });
}).listen(port, '127.0.0.1');
