import assert from 'node:assert/strict';
import { Agent, request } from 'undici';
import { until } from '../support/start-redis.ts';

/** The prices make a token of input 1 and one of output 10 micro-dollars; `budget` is the `spec` of the budget `tight`. */
export function policyTree(budget: string): Readonly<Record<string, string>> {
  const document = (kind: string, name: string, spec: string) =>
    `apiVersion: signalbox/v1\nkind: ${kind}\nmetadata: { name: ${name} }\nspec: ${spec}\n`;
  return {
    'policies/all.yaml': [
      document('Project', 'money', '{ anonymous: guest }'),
      document('Consumer', 'guest', '{}'),
      document(
        'Model',
        'sandbox/dear',
        '{ provider: sandbox, upstreamName: dear, contextWindow: 100000, maxOutput: 4096, capabilities: [streaming], prices: [{ from: 2020-01-01, input: "1.00", output: "10.00", source: "https://example.com/prices", readAt: 2026-11-01 }] }',
      ),
      document('Chain', 'main', '{ targets: [{ id: dear, model: sandbox/dear }] }'),
      document('Route', 'default', '{ match: {}, chain: main }'),
      document('Budget', 'tight', budget),
    ].join('---\n'),
  };
}

/** Ten messages of one token each: what a message costs beside its text must be held as well. */
const MESSAGES = Array.from({ length: 10 }, (_, at) => ({
  role: at % 2 === 0 ? 'user' : 'assistant',
  content: `ask${at}`,
}));

export const OUTPUT_CAP = 100;

/** Ten tokens of text, four of overhead for each message, and all of the output: 50 × 1 + 100 × 10. */
export const WORST_MICRO_USD = 1050;

/** How one request went, as its caller saw it. */
export interface Outcome {
  readonly status: number;
  readonly code: string | null;
  readonly retryAfter: string | null;
  /** What the end of the stream said. */
  readonly costMicroUsd: number;
}

/** Sends one streaming request, with directives for the sandbox, and reads it to its end. */
export async function ask(url: string, sandbox: string, dispatcher: Agent): Promise<Outcome> {
  const { statusCode, headers, body } = await request(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-signalbox-metadata': JSON.stringify({ sandbox }),
    },
    body: JSON.stringify({ model: 'sandbox/dear', stream: true, max_tokens: OUTPUT_CAP, messages: MESSAGES }),
    dispatcher,
  });
  const text = await body.text();
  if (statusCode === 200) assert.match(text, /data: \[DONE\]\s*$/);
  return {
    status: statusCode,
    code: headerOf(headers, 'x-signalbox-error'),
    retryAfter: headerOf(headers, 'retry-after'),
    costMicroUsd: Math.round(Number(/^: x-signalbox-cost-usd=(\S+)$/m.exec(text)?.[1] ?? 0) * 1e6),
  };
}

function headerOf(headers: Readonly<Record<string, unknown>>, name: string): string | null {
  const value = headers[name];
  return typeof value === 'string' ? value : null;
}

/** Sends so many of them at once, in turn to each gateway. */
export async function rush(urls: readonly string[], count: number, sandbox: string): Promise<readonly Outcome[]> {
  const agent = new Agent({ connections: Math.ceil(count / urls.length), pipelining: 1 });
  const outcomes = await Promise.all(
    Array.from({ length: count }, (_, at) => ask(urls[at % urls.length] ?? '', sandbox, agent)),
  );
  await agent.close();
  return outcomes;
}

/** A budget counter as `/admin/budgets` shows it. */
export interface Standing {
  readonly budget: string;
  readonly limit: number;
  readonly spent: number;
  readonly held: number;
}

/** Every counter as a gateway sees it. */
export async function standings(url: string): Promise<readonly Standing[]> {
  const answer = await fetch(`${url}/admin/budgets`);
  assert.equal(answer.status, 200);
  return ((await answer.json()) as { readonly budgets: readonly Standing[] }).budgets;
}

/** That one counter. */
export async function standingOf(url: string, budget: string): Promise<Standing> {
  const found = (await standings(url)).find((standing) => standing.budget === budget);
  assert.ok(found, `no counter of the budget ${budget}`);
  return found;
}

/** That counter once nothing is held: on a busy machine an answer waits no longer than 50 ms for its account. */
export async function settledStanding(url: string, budget: string): Promise<Standing> {
  await until(async () => (await standingOf(url, budget)).held === 0);
  return standingOf(url, budget);
}

/** What the usage ledgers of several data folders say together. */
export async function accounted(
  urls: readonly string[],
): Promise<{ requests: number; costMicroUsd: number; estimated: number }> {
  const sum = { requests: 0, costMicroUsd: 0, estimated: 0 };
  for (const url of urls) {
    const { totals } = (await (await fetch(`${url}/admin/usage`)).json()) as { totals: typeof sum };
    sum.requests += totals.requests;
    sum.costMicroUsd += totals.costMicroUsd;
    sum.estimated += totals.estimated;
  }
  return sum;
}
