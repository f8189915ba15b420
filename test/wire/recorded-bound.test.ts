import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GatewayError } from '#core';
import { NO_PROMPT, worstCaseOf } from '#decision';
import { dialectOf, type RequestShape } from '#dialects';
import { shapeFacts } from '#gateway';
import type { Model } from '#snapshot';
import { requestOf } from '../decision/build.ts';
import { requireSharedData } from '../support/skip.ts';
import { type Exchange, readExchanges } from './recorded/exchanges.ts';
import { rawFacts, sseObjects } from './recorded/raw-facts.ts';

const UNPROMPTED = { prompt: NO_PROMPT };

/** Answers whose usage no bound of the request can foresee. */
const EXCLUDED: readonly { readonly id: string; readonly reason: string }[] = [
  {
    id: 'pydantic__pydantic-ai/tests/models/cassettes/test_openrouter/test_openrouter_with_native_options.yaml#0',
    reason: 'the router answered with another model (grok-4) than the one asked for and priced, as `models` let it',
  },
  {
    id: 'pydantic__pydantic-ai/tests/models/cassettes/test_openrouter/test_openrouter_stream_error.yaml#0',
    reason: 'a free host made 21 tokens of output under a cap of 10, in a stream that then failed',
  },
];

test('real providers never billed more than the bounds of input and output', (t) => {
  const folder = requireSharedData(t, 'wire/_exchanges');
  if (folder === undefined) return;
  const ratios: number[] = [];
  const longRatios: number[] = [];
  const over: string[] = [];
  const needless = new Set(EXCLUDED.map(({ id }) => id));
  let openCount = 0;
  let refused = 0;
  for (const exchange of readExchanges(folder)) {
    const usage = exchange.status < 300 ? usageOf(exchange) : null;
    if (usage === null) continue;
    const bound = boundOf(exchange);
    if (bound === null) {
      refused += 1;
      continue;
    }
    const { inputTokens, outputTokens, isOpen } = bound;
    const isOver = usage.input > inputTokens || (outputTokens !== null && usage.output > outputTokens);
    if (EXCLUDED.some(({ id }) => id === exchange.id)) {
      if (isOver) needless.delete(exchange.id);
      continue;
    }
    if (isOver)
      over.push(`${exchange.id}: ${exchange.model} ${JSON.stringify(usage)} over ${inputTokens}, ${outputTokens}`);
    if (isOpen) openCount += 1;
    else if (usage.input > 0) {
      ratios.push(inputTokens / usage.input);
      if (usage.input > 1000) longRatios.push(inputTokens / usage.input);
    }
  }
  for (const [what, found] of [
    ['all prompts', ratios],
    ['prompts over 1,000 tokens', longRatios],
  ] as const) {
    found.sort((a, b) => a - b);
    const at = (share: number) => (found[Math.floor((found.length - 1) * share)] ?? 0).toFixed(1);
    process.stdout.write(`bound/actual: ${what}: ${found.length}, median ${at(0.5)}, most ${at(1)}, least ${at(0)}\n`);
  }
  process.stdout.write(
    `bound/actual: ${openCount} bounded by the context window only, ${refused} that the gateway refuses\n`,
  );
  for (const { id, reason } of EXCLUDED) process.stdout.write(`bound/actual: excluded: ${id}: ${reason}\n`);
  assert.deepEqual(over, []);
  assert.deepEqual([...needless], [], 'these exclusions are needless');
  assert.ok(refused < 5, `${refused} refused`);
  assert.ok(ratios.length > 400, `${ratios.length} exchanges`);
});

/** Null for a request that is refused as none of its dialect, and costs nothing. */
function boundOf(exchange: Exchange) {
  const shape = shapeOf(exchange);
  if (shape === null) return null;
  const facts = shapeFacts(shape, Buffer.byteLength(exchange.requestText));
  const target = {
    model: modelNamed(exchange.model),
    provider: null,
    params: {},
    outputCap: shape.maxOutputTokens,
    atMs: 0,
  };
  const worst = worstCaseOf(requestOf(facts), UNPROMPTED, target);
  // The window that stands in where nothing is declared.
  const isOpen = worst.inputTokens >= 1_048_576;
  return { ...worst, outputTokens: shape.maxOutputTokens === null ? null : worst.outputTokens, isOpen };
}

function shapeOf({ dialect, request, context }: Exchange): RequestShape | null {
  try {
    const shape = dialectOf(dialect)?.readShape(request, context);
    assert.ok(shape !== undefined);
    return shape;
  } catch (error) {
    assert.ok(error instanceof GatewayError, String(error));
    return null;
  }
}

/** Nothing is known of it but its name. */
function modelNamed(upstreamName: string): Model {
  return {
    ...{ name: upstreamName, provider: 'p', upstreamName, aliases: [], tier: null, contextWindow: null },
    ...{ maxOutput: null, capabilities: null, retiresAt: null, prices: [] },
  };
}

function usageOf(exchange: Exchange) {
  const { framing, answer, dialect } = exchange;
  try {
    const chunks = framing === 'sse' ? sseObjects(answer) : [JSON.parse(answer)].flat();
    return rawFacts(dialect, chunks).usage;
  } catch {
    return null;
  }
}
