import { hash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KEY } from './load-harness.ts';

/** A collector that takes everything. */
export interface Collector {
  readonly endpoint: string;
  /** Settings of a gateway that sends it traces, or metrics. */
  readonly traces: NodeJS.ProcessEnv;
  readonly metrics: NodeJS.ProcessEnv;
  readonly close: () => void;
}

/** Starts a collector. Effects: a server. */
export async function startCollector(): Promise<Collector> {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    endpoint,
    // Every slice of a run has its share of exports.
    traces: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${endpoint}/v1/traces`, OTEL_BSP_SCHEDULE_DELAY: '500' },
    metrics: { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${endpoint}/v1/metrics`, OTEL_METRIC_EXPORT_INTERVAL: '1000' },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** The policies of a gateway whose telemetry is measured: one provider that answers at once, one consumer, two budgets. Pure. */
export function telemetryPolicies(
  providerPort: number,
  { records, traceSample = '10%' }: { readonly records: string; readonly traceSample?: string },
): string {
  return [
    `kind: Project\nmetadata: { name: bench }\nspec: { requires: ">=0.1 <2", timezone: UTC, recording: { sample: ${records} }, telemetry: { traceSample: ${traceSample} } }`,
    'kind: Environment\nmetadata: { name: production }\nspec: {}',
    `kind: Provider\nmetadata: { name: mock }\nspec: { dialect: openai-chat, baseUrl: "http://127.0.0.1:${providerPort}/v1", auth: { kind: bearer, secret: { env: MOCK_KEY } } }`,
    'kind: Model\nmetadata: { name: mock/gpt }\nspec: { provider: mock, upstreamName: gpt-4o-mini, tier: small, contextWindow: 128000, maxOutput: 16384, capabilities: [tools, streaming, system], prices: [{ from: 2026-01-01, input: "0.15", output: "0.60", source: bench, readAt: 2026-01-01 }] }',
    'kind: Chain\nmetadata: { name: main }\nspec: { targets: [{ id: gpt, model: mock/gpt }] }',
    `kind: Consumer\nmetadata: { name: app, labels: { team: product } }\nspec: { keys: [{ id: k1, sha256: ${hash('sha256', KEY)}, createdAt: 2026-01-01, expiresAt: 2099-01-01 }] }`,
    'kind: Budget\nmetadata: { name: month }\nspec: { scope: { consumers: [app] }, limit: { cost: "1000000 USD" }, window: { every: month, timezone: UTC }, onExhausted: deny }',
    'kind: Budget\nmetadata: { name: minute }\nspec: { scope: { consumers: [app] }, limit: { requests: 100000000 }, window: { rolling: 1m }, onExhausted: deny }',
    'kind: Route\nmetadata: { name: main }\nspec: { match: { models: [gpt-4o-mini] }, chain: main }',
  ]
    .map((text) => `apiVersion: signalbox/v1\n${text}`)
    .join('\n---\n');
}
