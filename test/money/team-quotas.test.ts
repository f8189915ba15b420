import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import OpenAI from 'openai';
import { runVerb } from '../support/run-verb.ts';
import { startGateway } from '../support/start-process.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { settledStanding } from './stream-rush.ts';

const CHEAP = [
  'openai/gpt-4o-mini',
  'gpt-4o-mini',
  'anthropic/claude-haiku-4-5',
  'google/gemini-2.5-flash',
  'sandbox/echo',
];
const DEAR = ['openai/gpt-4o', 'gpt-4o', 'anthropic/claude-sonnet-4-5', 'google/gemini-2.5-pro'];
const NOBODYS = ['mistral/mistral-large-latest', 'openai/o3', 'made-up/model'];

const TEAMS = [
  { name: 'product', tokensADay: 100_000, models: [...CHEAP, ...DEAR], callsAnHour: 8 },
  { name: 'development', tokensADay: 10_000, models: CHEAP, callsAnHour: 1 },
  { name: 'test', tokensADay: 50_000, models: CHEAP, callsAnHour: 4 },
] as const;

type Team = (typeof TEAMS)[number];

const PROMPT = 'Tell me more about the order. '.repeat(20);
const OUTPUT_CAP = 900;
/** Four characters a token, four tokens for the message, and all of the output. */
const WORST = PROMPT.length / 4 + 4 + OUTPUT_CAP;

/** What one call came to: the tokens of an answer, or the refusal. */
type Called = { readonly tokens: number } | InstanceType<typeof OpenAI.APIError>;

interface Call {
  readonly model: string;
  readonly prompt: string;
  readonly maxTokens: number;
  readonly words: number;
  readonly stream: boolean;
}

describe('the three teams of the shipped policies, each through the OpenAI client', () => {
  it('reach exactly their models, and are stopped by their quota alone in the course of a day', async (t) => {
    const { url, clients } = await setUp(t);
    const used = new Map<Team, number>();

    for (const team of TEAMS) {
      for (const model of [...CHEAP, ...DEAR, ...NOBODYS]) {
        const called = await call(clients.get(team), { model, prompt: 'Hi', maxTokens: 10, words: 1, stream: false });
        const isAllowed = (team.models as readonly string[]).includes(model);
        if ('tokens' in called) {
          assert.ok(isAllowed, `${team.name} got ${model}`);
          used.set(team, (used.get(team) ?? 0) + called.tokens);
        } else {
          assert.deepEqual([called.status, called.code], [403, 'model_not_allowed'], `${team.name}: ${called.message}`);
          assert.ok(!isAllowed, `${team.name} did not get ${model}`);
        }
      }
    }

    const stoppedAt = new Map<Team, number>();
    for (let hour = 0; hour < 24; hour++) {
      for (const team of TEAMS) {
        for (let n = 0; n < team.callsAnHour; n++) {
          const model = team.models[(hour + n) % CHEAP.length] ?? '';
          const words = 300 + 20 * hour;
          const asked = { model, prompt: PROMPT, maxTokens: OUTPUT_CAP, words, stream: n % 2 === 1 };
          const { spent: before } = await settledStanding(url, `${team.name}-tokens`);
          assert.equal(before, used.get(team));
          const called = await call(clients.get(team), asked);
          const hasRoom = before + WORST <= team.tokensADay;
          assert.equal('tokens' in called, hasRoom, `${team.name} at ${hour}h, ${before} tokens used`);
          if ('tokens' in called) used.set(team, before + called.tokens);
          else {
            stoppedByQuota(called);
            if (!stoppedAt.has(team)) stoppedAt.set(team, hour);
          }
        }
      }
    }

    assert.equal(stoppedAt.size, TEAMS.length, 'every team came to its quota');
    for (const team of TEAMS) {
      const spent = used.get(team) ?? 0;
      const settled = () => settledStanding(url, `${team.name}-tokens`);
      assert.equal((await settled()).spent, spent);
      // What is left is still there for a smaller question: two characters, and four tokens for the message.
      const rest = team.tokensADay - spent;
      assert.ok(rest > 10, `${team.name} has ${rest} tokens left`);
      const small = { model: 'gpt-4o-mini', prompt: 'Hi', maxTokens: rest - 5, words: 2 * rest, stream: false };
      assert.deepEqual(await call(clients.get(team), small), { tokens: rest });
      assert.equal((await settled()).spent, team.tokensADay);
      const none = await call(clients.get(team), { ...small, maxTokens: 1 });
      assert.ok(!('tokens' in none));
      stoppedByQuota(none);
    }
  });
});

/** The shipped policies, with keys of our own and in a timezone where no day ends during the test. */
async function setUp(t: TestContext) {
  const cwd = makeTempDirectory(t);
  const policies = join(cwd, 'policies');
  cpSync(join(import.meta.dirname, '../../policies'), policies, { recursive: true });
  for (const file of readdirSync(join(policies, 'budgets'))) {
    const path = join(policies, 'budgets', file);
    writeFileSync(path, readFileSync(path, 'utf8').replace('Asia/Tokyo', zoneOfNoon()));
  }
  const keys = new Map<Team, string>();
  for (const team of TEAMS) {
    const made = await runVerb(t, ['keys', 'create', `${team.name}-team`], { cwd });
    assert.equal(made.code, 0, made.stderr);
    keys.set(team, made.stdout.trim());
  }
  const { url } = await startGateway(t, ['--env', 'development'], { cwd });
  const clients = new Map(TEAMS.map((team) => [team, new OpenAI({ baseURL: `${url}/v1`, apiKey: keys.get(team) })]));
  return { url, clients };
}

/** Of the zones of the Etc area, whose sign is that of POSIX, the one where it is about noon now. */
function zoneOfNoon(): string {
  const east = 12 - new Date().getUTCHours();
  return east === 0 ? 'Etc/GMT' : `Etc/GMT${east > 0 ? '-' : '+'}${Math.abs(east)}`;
}

async function call(client: OpenAI | undefined, asked: Call): Promise<Called> {
  assert.ok(client);
  const { model, prompt, maxTokens, words, stream } = asked;
  const body = { model, max_tokens: maxTokens, messages: [{ role: 'user' as const, content: prompt }] };
  const headers = { 'x-signalbox-metadata': JSON.stringify({ sandbox: `words:${words}` }) };
  try {
    if (!stream) {
      const answer = await client.chat.completions.create(body, { headers });
      return { tokens: answer.usage?.total_tokens ?? 0 };
    }
    const options = { include_usage: true };
    const chunks = await client.chat.completions.create(
      { ...body, stream: true, stream_options: options },
      { headers },
    );
    let tokens = 0;
    for await (const { usage } of chunks) tokens = usage?.total_tokens ?? tokens;
    return { tokens };
  } catch (error) {
    if (error instanceof OpenAI.APIError) return error;
    throw error;
  }
}

/** Refused until the day is over, and told not to try again before. */
function stoppedByQuota(error: InstanceType<typeof OpenAI.APIError>): void {
  assert.ok(error instanceof OpenAI.RateLimitError);
  assert.deepEqual([error.status, error.code], [429, 'budget_exceeded'], error.message);
  const seconds = Number(error.headers.get('retry-after'));
  assert.ok(seconds > 60 && seconds <= 86_400, `retry-after ${seconds}`);
  assert.equal(error.headers.get('x-should-retry'), 'false');
}
