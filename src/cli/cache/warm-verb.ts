import { readFile } from 'node:fs/promises';
import { Agent, request } from 'undici';
import { formatUsd } from '#core';
import { textOption } from '../options.ts';
import { safeText } from '../report/safe-text.ts';
import { UsageError } from '../usage-error.ts';
import type { ExitCode, VerbCall } from '../verb.ts';
import { whyUnreadable } from '../why-unreadable.ts';
import { type Question, readQuestions } from './read-questions.ts';

const MAX_AT_ONCE = 64;

/** `signalbox cache warm FILE`: asks a running gateway every question of a file, so that its cache holds the answers; exit code 1 when one was not answered. */
export async function warmVerb(call: VerbCall): Promise<ExitCode> {
  const { options, terminal, args } = call;
  const [file] = args;
  if (file === undefined)
    throw new UsageError('cache warm names no file', 'signalbox cache warm questions.txt --model gpt-4o-mini');
  const questions = readQuestions(await readText(file), file, textOption(options.model) ?? null);
  if (questions.length === 0) throw new UsageError(`${file} holds no question`);
  const atOnce = Number(options.concurrency);
  if (!Number.isInteger(atOnce) || atOnce < 1 || atOnce > MAX_AT_ONCE) {
    throw new UsageError(`--concurrency is a whole number from 1 to ${MAX_AT_ONCE}`);
  }
  const outcomes = await askAll(call, questions, atOnce);
  const counts = Map.groupBy(outcomes, ({ kind }) => kind);
  const count = (kind: Outcome['kind']) => counts.get(kind)?.length ?? 0;
  const cost = outcomes.reduce((sum, { costUsd }) => sum + costUsd, 0);
  for (const { line, problem } of counts.get('failed') ?? []) {
    terminal.err(`${file}:${line}: ${safeText(problem)}\n`);
  }
  const text = `${count('asked')} asked, ${count('held')} held already, ${count('unkept')} not kept, ${count('failed')} failed; ${formatUsd(Math.round(cost * 1e6))} USD`;
  terminal.out(`${text}\n`);
  return count('failed') === 0 ? 0 : 1;
}

interface Outcome {
  readonly line: number;
  readonly kind: 'asked' | 'held' | 'unkept' | 'failed';
  readonly costUsd: number;
  readonly problem: string;
}

async function askAll(call: VerbCall, questions: readonly Question[], atOnce: number): Promise<readonly Outcome[]> {
  const dispatcher = new Agent({ connections: atOnce });
  const outcomes: Outcome[] = [];
  let next = 0;
  async function work(): Promise<void> {
    for (let question = questions[next++]; question !== undefined; question = questions[next++]) {
      outcomes.push(await askOne(call, question, dispatcher));
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work));
  await dispatcher.close();
  return outcomes.sort((a, b) => a.line - b.line);
}

async function askOne(call: VerbCall, { line, path, body }: Question, dispatcher: Agent): Promise<Outcome> {
  const { env } = call.terminal;
  const base = textOption(call.options.url) ?? `http://127.0.0.1:${env.SIGNALBOX_PORT || '8787'}`;
  const key = env.SIGNALBOX_KEY;
  try {
    const answer = await request(new URL(path, base), {
      method: 'POST',
      dispatcher,
      headers: {
        'content-type': 'application/json',
        ...(key ? { authorization: `Bearer ${key}` } : {}),
        ...(call.options.refresh === true ? { 'x-signalbox-cache': 'refresh' } : {}),
      },
      body: JSON.stringify(body),
    });
    const said = String(answer.headers['x-signalbox-cache'] ?? 'off');
    const costUsd = Number(answer.headers['x-signalbox-cost-usd'] ?? 0) || 0;
    await answer.body.dump();
    if (answer.statusCode !== 200) {
      const code = String(answer.headers['x-signalbox-error'] ?? '');
      return { line, kind: 'failed', costUsd, problem: `answered ${answer.statusCode} ${code}` };
    }
    const isHeld = said === 'hit' || said === 'stale' || said === 'semantic-hit' || said === 'shared';
    return { line, kind: isHeld ? 'held' : said === 'off' ? 'unkept' : 'asked', costUsd, problem: '' };
  } catch (error) {
    return { line, kind: 'failed', costUsd: 0, problem: (error as Error).message };
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new UsageError(`${file} cannot be read: ${whyUnreadable(cause)}`, null, { cause });
  }
}
