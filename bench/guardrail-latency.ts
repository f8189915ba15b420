import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGateway } from '../src/gateway/index.ts';

/*
 * What output guardrails cost a stream in time: the first content that a caller sees, and the end, with none, in window mode, and with full buffering. The provider
 * sends a word every 20 ms; the gateway is real, over HTTP. `node bench/guardrail-latency.ts [REQUESTS]`; prints medians in ms.
 */

const REQUESTS = Number(process.argv[2] ?? 15);
const GAP_MS = 20;
const WORDS = Array.from({ length: 60 }, (_, at) => `${['order', 'parcel', 'invoice', 'customer'][at % 4]} `);
const CHECKS = `[{ id: mail, check: email-address, action: mask }, { id: card, check: credit-card, action: mask },
  { id: key, check: secret-key, action: block }, { id: phone, check: phone-number, regions: [JP, US], action: mask }]`;

const provider = createServer((request, response) => {
  request.resume();
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const frame = (delta: object, finish: string | null = null) =>
    response.write(
      `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`,
    );
  let at = 0;
  const timer = setInterval(() => {
    if (at < WORDS.length) frame({ role: 'assistant', content: WORDS[at] });
    else {
      clearInterval(timer);
      frame({}, 'stop');
      response.end('data: [DONE]\n\n');
    }
    at += 1;
  }, GAP_MS);
});
await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
const folder = mkdtempSync(join(tmpdir(), 'guardrail-latency-'));
writeFileSync(join(folder, 'policies.yaml'), policies((provider.address() as AddressInfo).port));
const silent = () => undefined;
const gateway = await startGateway({
  policies: folder,
  dataDir: join(folder, 'data'),
  environment: 'development',
  port: 0,
  watch: false,
  env: { KEY: 'k' },
  log: { info: silent, warn: silent, error: silent },
});

const none = await measure('none');
for (const mode of ['none', 'window', 'buffer']) {
  const { firstMs, endMs } = mode === 'none' ? none : await measure(mode);
  const added = mode === 'none' ? '' : `, ${(firstMs - none.firstMs).toFixed(1)} ms later than without`;
  console.log(
    `${mode.padEnd(7)} first content after ${firstMs.toFixed(1)} ms${added}; end after ${endMs.toFixed(1)} ms`,
  );
}
await gateway.close(0);
provider.closeAllConnections();
provider.close();
rmSync(folder, { recursive: true });

async function measure(model: string): Promise<{ readonly firstMs: number; readonly endMs: number }> {
  const first: number[] = [];
  const end: number[] = [];
  for (let turn = 0; turn < REQUESTS + 2; turn++) {
    const body = JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'Hello' }] });
    const began = performance.now();
    const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    });
    let text = '';
    let firstMs = 0;
    for await (const piece of answer.body ?? []) {
      text += Buffer.from(piece).toString('utf8');
      if (firstMs === 0 && /"content":"[^"]/.test(text)) firstMs = performance.now() - began;
    }
    if (firstMs === 0) throw new Error(`no content: ${answer.status} ${text.slice(0, 300)}`);
    // The first two warm up.
    if (turn < 2) continue;
    first.push(firstMs);
    end.push(performance.now() - began);
  }
  return { firstMs: median(first), endMs: median(end) };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function policies(port: number): string {
  const document = (kind: string, name: string, spec: string) =>
    `apiVersion: signalbox/v1\nkind: ${kind}\nmetadata: { name: ${name} }\nspec: ${spec}\n`;
  const route = (name: string, guardrails: string) =>
    document('Route', name, `{ match: { models: [${name}] }, chain: only, guardrails: [${guardrails}] }`);
  return [
    document('Project', 'bench', '{ anonymous: guest }'),
    document('Consumer', 'guest', '{}'),
    document(
      'Provider',
      'slow',
      `{ dialect: openai-chat, baseUrl: "http://127.0.0.1:${port}/v1", auth: { kind: bearer, secret: { env: KEY } } }`,
    ),
    document('Model', 'slow/model', '{ provider: slow }'),
    document('Chain', 'only', '{ targets: [{ id: slow, model: slow/model }] }'),
    document('Guardrail', 'windowed', `{ stage: [output], stream: window, checks: ${CHECKS} }`),
    document('Guardrail', 'buffered', `{ stage: [output], stream: buffer, checks: ${CHECKS} }`),
    route('none', ''),
    route('window', 'windowed'),
    route('buffer', 'buffered'),
  ].join('---\n');
}
