import { decide, type Facts, match, type RequestFacts } from '#decision';
import { compileInlineSnapshot } from '../test/support/compile-inline.ts';

/**
 * What match and decide cost at 10 to 10,000 routes: `node bench/decision.ts`. Prints microseconds of processor time for one request (the best of several
 * rounds, since a shared machine only ever adds) and the ratio to 10 routes, which should stay near 1.
 */
const SIZES = [10, 100, 1000, 10_000];
const ROUNDS = 15;
const CALLS = 4000;

const NOW_MS = Date.UTC(2026, 10, 23, 12);

const FACTS: Facts = {
  nowMs: NOW_MS,
  draw: 0.5,
  secretsMissing: new Set(),
  breakers: {},
  latencies: {},
  inFlight: {},
  counters: {},
};

function policiesOf(routes: number): string {
  const documents = [
    'kind: Consumer\nmetadata: { name: app, labels: { team: product } }',
    'kind: Chain\nmetadata: { name: main }\nspec: { targets: [{ id: gpt, model: openai/gpt-4o }, { id: claude, model: anthropic/claude-sonnet-4-5 }, { id: gemini, model: google/gemini-2.5-pro }] }',
    'kind: Budget\nmetadata: { name: month }\nspec: { scope: { consumers: [app] }, limit: { cost: "1000 USD" }, window: { every: month, timezone: Asia/Tokyo }, onExhausted: deny }',
    'kind: Budget\nmetadata: { name: tokens }\nspec: { scope: { labels: { team: [product] } }, limit: { tokens: 100000 }, window: { every: day, timezone: Asia/Tokyo }, onExhausted: deny }',
  ];
  for (let index = 0; index < routes; index++) {
    documents.push(`kind: Route\nmetadata: { name: r${index} }\nspec: { match: ${matcherOf(index)}, chain: main }`);
  }
  return documents.join('\n---\n');
}

/** A mix: by metadata, by path, by exact model, by model glob; every one distinct. */
function matcherOf(index: number): string {
  switch (index % 4) {
    case 0:
      return `{ metadata: { tenant: [t${index}] }, endpoints: [chat] }`;
    case 1:
      return `{ paths: [/api/${index}] }`;
    case 2:
      return `{ models: [support-${index}/faq] }`;
    default:
      return `{ models: ["team-${index}/*"], endpoints: [chat] }`;
  }
}

function requestFor(index: number): RequestFacts {
  return {
    id: `req_${index}`,
    endpoint: 'chat',
    dialect: 'openai-chat',
    path: index % 4 === 1 ? `/api/${index}` : '/v1/chat/completions',
    model: index % 4 === 2 ? `support-${index}/faq` : index % 4 === 3 ? `team-${index}/any` : 'gpt-4o',
    consumer: 'app',
    labels: { team: 'product' },
    metadata: { tenant: `t${index}` },
    headers: {},
    stream: true,
    toolCount: 0,
    images: 0,
    audio: 0,
    documents: 0,
    responseFormat: 'text',
    hasReasoning: false,
    inputTokens: 500,
    maxOutputTokens: 400,
    temperature: null,
    session: null,
    ip: null,
    bodyBytes: 2000,
  };
}

function measure(routes: number): { readonly matchMicros: number; readonly decideMicros: number } {
  const snapshot = compileInlineSnapshot(policiesOf(routes));
  const requests = Array.from({ length: 64 }, (_, index) => requestFor(Math.floor((index * routes) / 64)));
  const found = requests.map((request) => match(snapshot, request, NOW_MS));
  let sink = 0;
  const matchMicros = best(() => {
    for (let call = 0; call < CALLS; call++) {
      const request = requests[call % 64];
      if (request !== undefined && match(snapshot, request, NOW_MS).kind === 'matched') sink += 1;
    }
  });
  const decideMicros = best(() => {
    for (let call = 0; call < CALLS; call++) {
      const request = requests[call % 64];
      const result = found[call % 64];
      if (request === undefined || result?.kind !== 'matched') throw new Error(`request ${call % 64} fits no route`);
      if (decide(snapshot, request, result.route, FACTS).kind === 'allow') sink += 1;
    }
  });
  if (sink !== 2 * CALLS * (ROUNDS + 1)) throw new Error('a request was not decided as expected');
  return { matchMicros, decideMicros };
}

/** Processor microseconds for one call in the best round, after one to warm up. */
function best(round: () => void): number {
  round();
  let least = Number.POSITIVE_INFINITY;
  for (let index = 0; index < ROUNDS; index++) {
    const before = process.cpuUsage();
    round();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / CALLS);
  }
  return least;
}

process.stdout.write('routes   match µs   decide µs   both against 10 routes\n');
let base = 0;
for (const routes of SIZES) {
  const { matchMicros, decideMicros } = measure(routes);
  const both = matchMicros + decideMicros;
  if (base === 0) base = both;
  const columns = [matchMicros.toFixed(2).padStart(8), decideMicros.toFixed(2).padStart(9), (both / base).toFixed(2)];
  process.stdout.write(`${String(routes).padStart(6)}   ${columns.join('   ')}\n`);
}
