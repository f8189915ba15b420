import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import type { Cleanup } from '../support/temp-directory.ts';

type Values = Readonly<Record<string, unknown>>;

export interface SeenSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  /** 2 is of a server, 3 of a client. */
  readonly kind: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Values;
  readonly events: readonly { readonly name: string; readonly attributes: Values }[];
  readonly status: { readonly code: number; readonly message: string };
  readonly resource: Values;
}

export interface SeenMetric {
  readonly name: string;
  readonly unit: string;
  readonly kind: 'gauge' | 'sum' | 'histogram';
  readonly points: readonly Values[];
}

export interface SeenLog {
  readonly body: unknown;
  readonly severity: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly attributes: Values;
}

/** A real receiver of OTLP that decodes what it gets. */
export interface OtlpReceiver {
  readonly url: string;
  readonly spans: readonly SeenSpan[];
  readonly metrics: readonly SeenMetric[];
  readonly logs: readonly SeenLog[];
  /** Every payload, unpacked, as it came. */
  readonly payloads: readonly Buffer[];
  readonly headers: readonly Values[];
  /** Resolves when the condition holds; the receiver is fed by timers of the exporter. */
  readonly when: (condition: () => boolean) => Promise<void>;
}

const ROOT = protobuf.loadSync(join(import.meta.dirname, 'otlp.proto'));
const DECODE = { longs: String, defaults: true, arrays: true, oneofs: true } as const;

interface Seen {
  readonly spans: SeenSpan[];
  readonly metrics: SeenMetric[];
  readonly logs: SeenLog[];
  readonly payloads: Buffer[];
  readonly headers: Values[];
}

/** Starts a receiver of OTLP over HTTP, protobuf only. */
export async function startHttpReceiver(t: Cleanup): Promise<OtlpReceiver> {
  const seen = nothing();
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const packed = Buffer.concat(parts);
    const bytes = request.headers['content-encoding'] === 'gzip' ? gunzipSync(packed) : packed;
    if (request.headers['content-type'] !== 'application/x-protobuf') return void response.writeHead(415).end();
    seen.headers.push(request.headers);
    take(seen, request.url?.split('/').at(-1) ?? '', bytes);
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return receiver(seen, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

/** Starts a receiver of OTLP over gRPC. */
export async function startGrpcReceiver(t: Cleanup): Promise<OtlpReceiver> {
  const seen = nothing();
  const server = new Server();
  for (const [signal, name] of [
    ['traces', 'Trace'],
    ['metrics', 'Metrics'],
    ['logs', 'Logs'],
  ] as const) {
    server.addService(
      {
        Export: {
          path: `/opentelemetry.proto.collector.${name === 'Metrics' ? 'metrics' : name.toLowerCase()}.v1.${name}Service/Export`,
          requestStream: false,
          responseStream: false,
          requestSerialize: (bytes: Buffer) => bytes,
          requestDeserialize: (bytes: Buffer) => bytes,
          responseSerialize: (bytes: Buffer) => bytes,
          responseDeserialize: (bytes: Buffer) => bytes,
        },
      },
      {
        Export: (call: { readonly request: Buffer }, done: (error: null, answer: Buffer) => void) => {
          take(seen, signal, call.request);
          done(null, Buffer.alloc(0));
        },
      },
    );
  }
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  t.after(() => server.forceShutdown());
  return receiver(seen, `http://127.0.0.1:${port}`);
}

function nothing(): Seen {
  return { spans: [], metrics: [], logs: [], payloads: [], headers: [] };
}

function receiver(seen: Seen, url: string): OtlpReceiver {
  return {
    ...seen,
    url,
    async when(condition) {
      const endMs = Date.now() + 10_000;
      while (!condition()) {
        if (Date.now() > endMs)
          throw new Error(`not received: ${seen.spans.length} spans, ${seen.metrics.length} metrics`);
        await setTimeout(10);
      }
    },
  };
}

function take(seen: Seen, signal: string, bytes: Buffer): void {
  seen.payloads.push(bytes);
  if (signal === 'traces') {
    for (const { resource, scopeSpans } of decode('ExportTraceServiceRequest', bytes).resourceSpans) {
      for (const span of scopeSpans.flatMap(({ spans }: { spans: unknown[] }) => spans)) {
        seen.spans.push({
          traceId: hex(span.traceId),
          spanId: hex(span.spanId),
          parentSpanId: hex(span.parentSpanId),
          name: span.name,
          kind: span.kind,
          startMs: Number(BigInt(span.startTimeUnixNano) / 1_000_000n),
          endMs: Number(BigInt(span.endTimeUnixNano) / 1_000_000n),
          attributes: plain(span.attributes),
          events: span.events.map((event: Message) => ({ name: event.name, attributes: plain(event.attributes) })),
          status: { code: span.status?.code ?? 0, message: span.status?.message ?? '' },
          resource: plain(resource.attributes),
        });
      }
    }
  }
  if (signal === 'metrics') {
    for (const { scopeMetrics } of decode('ExportMetricsServiceRequest', bytes).resourceMetrics) {
      for (const metric of scopeMetrics.flatMap(({ metrics }: { metrics: unknown[] }) => metrics)) {
        const kind = metric.data as SeenMetric['kind'];
        const points = metric[kind].dataPoints.map((point: Message) => ({
          ...point,
          attributes: plain(point.attributes),
        }));
        seen.metrics.push({ name: metric.name, unit: metric.unit, kind, points });
      }
    }
  }
  if (signal === 'logs') {
    for (const { scopeLogs } of decode('ExportLogsServiceRequest', bytes).resourceLogs) {
      for (const log of scopeLogs.flatMap(({ logRecords }: { logRecords: unknown[] }) => logRecords)) {
        seen.logs.push({
          body: value(log.body),
          severity: log.severityText,
          traceId: hex(log.traceId),
          spanId: hex(log.spanId),
          attributes: plain(log.attributes),
        });
      }
    }
  }
}

// biome-ignore lint/suspicious/noExplicitAny: the shape is the proto file's
type Message = any;

function decode(type: string, bytes: Buffer): Message {
  const message = ROOT.lookupType(`otlp.${type}`);
  return message.toObject(message.decode(bytes), DECODE);
}

function plain(pairs: readonly { readonly key: string; readonly value: Message }[]): Values {
  return Object.fromEntries(pairs.map(({ key, value: any }) => [key, value(any)]));
}

function value(any: Message): unknown {
  if (any.value === 'arrayValue') return any.arrayValue.values.map(value);
  if (any.value === 'intValue') return Number(any.intValue);
  return any[any.value];
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
