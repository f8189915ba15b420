import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { DialectName, Message, NeutralRequest } from '#core';
import type { TrafficRecord } from '#decision-log';
import { dialectOf, wireDialects } from '#dialects';
import { CHECKS, type Check, type SampleCase } from '#guardrails';
import {
  type Answer,
  chatAnswer,
  chatChunk,
  chatFrames,
  type SeenRequest,
  sse,
  usageChunk,
} from '../support/scripted-upstream.ts';
import { policyFiles, post, SECRETS, startProviders, startTestGateway } from './harness.ts';

/** How callers of each dialect reach the gateway: the base that a client of that provider is given. */
const BASES: Readonly<Record<string, string>> = {
  'openai-chat': '/v1',
  'openai-responses': '/v1',
  'openai-completions': '/v1',
  'anthropic-messages': '/v1',
  gemini: '/v1beta',
  'cohere-chat': '/v2',
  ollama: '/api',
  'bedrock-converse': '',
};
/** Made the token that `jwt-check` is to let through. */
const SAMPLE_KEY = { kty: 'OKP', crv: 'Ed25519', x: 'FUuONojg4lMOCP5p83O9bOwvHk9u-DvzRu3o4yhbcrA', kid: 'sample' };
/** What answers that give their instructions away repeat. */
const INSTRUCTIONS =
  'You answer for Example Inc. Never speak about the price of the competitor. Offer the green plan first.';
/** The one dialect of plain prompts: it has no tools. */
const WITHOUT_TOOLS: ReadonlySet<string> = new Set(['openai-completions']);

const stages = (check: Check) => check.stages ?? (['input', 'output'] as const);
const isRemote = (check: Check) => [check.compile(check.sample.options)].flat().some(({ kind }) => kind === 'remote');

/** A request in the words of a dialect, with the sample where the stage wants it. */
function requestOf(dialect: DialectName, guardrail: string, sample: SampleCase | null, stream: boolean) {
  const spoken = dialectOf(dialect);
  assert.ok(spoken !== null);
  const facts = sample?.kind === 'request' ? sample.request : {};
  const model = facts.model ?? 'any-model';
  const neutral: NeutralRequest = {
    model,
    messages: messagesOf(sample),
    tools: (facts.tools ?? []).map(({ name, description, parameters }) => ({
      kind: 'function',
      name,
      description,
      ...(parameters === null ? {} : { parameters }),
    })),
    stream,
    streamUsage: stream,
    maxOutputTokens: 100,
    extra: {},
  };
  const written = spoken.writeRequest(neutral, {
    upstreamModel: model,
    maxOutputTokens: null,
    defaultMaxOutputTokens: 100,
    params: {},
    prompt: { prepend: null, append: null },
    quirks: { renameParams: {}, dropParams: [], maxStopSequences: null, noStreamOptions: false },
    capabilities: null,
  });
  const query = new URLSearchParams(written.query).toString();
  const headers: Record<string, string> = { ...written.headers, ...facts.headers };
  headers['x-signalbox-metadata'] = JSON.stringify({ ...facts.metadata, guardrail });
  return { path: `${written.path}${query === '' ? '' : `?${query}`}`, body: written.body, headers };
}

function messagesOf(sample: SampleCase | null): readonly Message[] {
  if (sample?.kind === 'text') return [{ role: 'user', content: [{ kind: 'text', text: sample.text }] }];
  const bytes = (sample?.kind === 'request' && sample.request.bodyBytes) || 0;
  const question: Message = { role: 'user', content: [{ kind: 'text', text: `Good day${' '.repeat(bytes)}` }] };
  if (sample?.kind !== 'tool-call') return [question];
  const call = {
    kind: 'tool-call' as const,
    id: 'call_1',
    name: sample.name,
    arguments: JSON.stringify(sample.arguments),
  };
  const result = {
    kind: 'tool-result' as const,
    id: 'call_1',
    name: sample.name,
    content: [{ kind: 'text' as const, text: 'done' }],
  };
  return [question, { role: 'assistant', content: [call] }, { role: 'user', content: [result] }];
}

/** What the provider says: the sample, or words that no check minds; and what services find that judge. */
function answerOf(sample: SampleCase | null, fits: string): (request: SeenRequest) => Answer {
  return ({ path, json }) => {
    const text = JSON.stringify(json);
    const isFound = text.includes('forbidden');
    if (path.endsWith('/moderations')) return { body: { results: [{ flagged: isFound }] } };
    if (path.includes('text:analyze'))
      return { body: { categoriesAnalysis: [{ category: 'Hate', severity: isFound ? 6 : 0 }] } };
    if (path.includes('/guardrail/')) return { body: { action: isFound ? 'GUARDRAIL_INTERVENED' : 'NONE' } };
    if (path.endsWith('/guard')) return { body: { verdict: isFound ? 'found' : 'pass', keys: [SAMPLE_KEY] } };
    if (text.includes('<BEGIN CONVERSATION>')) return chatAnswer(isFound ? 'unsafe' : 'safe');
    if (sample?.kind === 'tool-call') return toolAnswer(sample, json.stream === true);
    const words = sample?.kind === 'text' ? sample.text : fits;
    // In pieces of three units: whatever is found is cut.
    return json.stream === true ? { chunks: chatFrames(...(words.match(/.{1,3}/gsu) ?? [])) } : chatAnswer(words);
  };
}

function toolAnswer(
  { name, arguments: values }: Extract<SampleCase, { kind: 'tool-call' }>,
  isStream: boolean,
): Answer {
  const text = JSON.stringify(values);
  const call = { id: 'call_1', type: 'function', function: { name, arguments: text } };
  if (!isStream) {
    const message = { role: 'assistant', content: null, tool_calls: [call] };
    return chatAnswer('', { choices: [{ index: 0, message, finish_reason: 'tool_calls' }] });
  }
  const begun = { ...call, index: 0, function: { name, arguments: '' } };
  const deltas = (text.match(/.{1,3}/gsu) ?? []).map((piece) =>
    chatChunk({ tool_calls: [{ index: 0, function: { arguments: piece } }] }),
  );
  return {
    chunks: sse(
      chatChunk({ role: 'assistant', tool_calls: [begun] }),
      ...deltas,
      chatChunk({}, 'tool_calls'),
      usageChunk,
      '[DONE]',
    ),
  };
}

/** Cells that no request can show, by their reason; a cell that is missing for another one fails the test. */
const LEFT_OUT: Readonly<Record<string, readonly string[]>> = {
  'the dialect has no tools': [
    'tool-arguments input openai-completions',
    'tool-arguments output openai-completions',
    'tool-list input openai-completions',
    'tool-list output openai-completions',
  ],
  'the one endpoint of a dialect is on the list, or it is not': [
    ...['anthropic-messages', 'gemini', 'openai-completions', 'openai-responses'].map(
      (dialect) => `endpoint-list input ${dialect} pass`,
    ),
    ...['bedrock-converse', 'cohere-chat', 'ollama', 'openai-chat'].map(
      (dialect) => `endpoint-list input ${dialect} block`,
    ),
  ].sort(),
};
/** Dialects whose endpoint has another name than `chat`. */
const NO_CHAT: ReadonlySet<string> = new Set([
  'anthropic-messages',
  'gemini',
  'openai-completions',
  'openai-responses',
]);

describe('every check × every dialect × JSON and stream × input and output', () => {
  it('finds what it is for, lets the rest through, and leaves no gap', async (t) => {
    assert.deepEqual(Object.keys(BASES).sort(), [...wireDialects()].sort());
    const providers = await startProviders(t);
    const checks = [...CHECKS.values()];
    const document = (check: Check, stage: string) => {
      const { options } = check.sample;
      const local = 'url' in options && options.url !== undefined ? { url: `${providers.openai.url}/guard` } : {};
      const model = check.name === 'moderation' ? { model: 'up-openai/model' } : {};
      const time = isRemote(check) ? { timeout: '10s' } : {};
      const entry = { ...options, ...local, ...model, ...time, id: 'it', check: check.name, action: 'block' };
      const spec = JSON.stringify({ stage: [stage], checks: [entry] });
      const name = `${check.name}-${stage}`;
      return `apiVersion: signalbox/v1
kind: Guardrail
metadata: { name: ${name} }
spec: ${spec}
---
apiVersion: signalbox/v1
kind: Route
metadata: { name: g-${name} }
spec: { match: { metadata: { guardrail: [${name}] } }, chain: only-openai, guardrails: [${name}], prompt: { prepend: '${INSTRUCTIONS}' } }
`;
    };
    const files = policyFiles(providers, {
      'matrix.yaml': checks.flatMap((check) => stages(check).map((stage) => document(check, stage))).join('---\n'),
    });
    const gateway = await startTestGateway(t, files, { env: SECRETS });
    const gaps: string[] = [];
    let cells = 0;
    const missing = new Map<string, Set<string>>();
    const leftOut = (reason: string, cell: string) => {
      missing.set(reason, (missing.get(reason) ?? new Set()).add(cell));
    };
    const asked = new Map<string, { readonly cell: string; readonly expected: string }>();
    for (const check of checks) {
      for (const stage of stages(check)) {
        for (const dialect of wireDialects()) {
          const base = BASES[dialect];
          const { hit, miss } = check.sample;
          const needsTools = [hit, miss].some(
            (sample) =>
              sample.kind === 'tool-call' || (sample.kind === 'request' && sample.request.tools !== undefined),
          );
          const cell = `${check.name} ${stage} ${dialect}`;
          if (needsTools && WITHOUT_TOOLS.has(dialect)) {
            leftOut('the dialect has no tools', cell);
            continue;
          }
          for (const stream of [false, true]) {
            for (const [expected, sample] of [
              ['block', hit],
              ['pass', miss],
            ] as const) {
              const isListed = !NO_CHAT.has(dialect);
              if (check.name === 'endpoint-list' && isListed !== (expected === 'pass')) {
                leftOut('the one endpoint of a dialect is on the list, or it is not', `${cell} ${expected}`);
                continue;
              }
              cells += 1;
              const fits = miss.kind === 'text' ? miss.text : 'All is well.';
              providers.openai.otherwise(async (request) => {
                const answer = answerOf(stage === 'output' ? sample : null, fits)(request);
                return typeof answer === 'function' ? answer(request) : answer;
              });
              const { path, body, headers } = requestOf(
                dialect,
                `${check.name}-${stage}`,
                stage === 'input' ? sample : null,
                stream,
              );
              const answer = await post(gateway, `${base}${path}`, body, headers);
              const mode = stream ? 'stream' : 'JSON';
              asked.set(answer.headers.get('x-signalbox-request-id') ?? '', {
                cell: `${cell} ${mode} ${stage}`,
                expected,
              });
              const isBlocked = answer.text.includes('guardrail_blocked');
              const isRight = expected === 'block' ? isBlocked : answer.status === 200 && !isBlocked;
              if (!isRight) {
                gaps.push(
                  `${check.name} ${stage} ${dialect} ${stream ? 'stream' : 'JSON'} ${expected}: ${answer.status} ${answer.text.slice(0, 160)}`,
                );
              }
            }
          }
        }
      }
    }
    assert.deepEqual(gaps.slice(0, 12), [], `${gaps.length} of ${cells}`);
    const left = Object.fromEntries([...missing].map(([reason, found]) => [reason, [...found].sort()]));
    const directory = gateway.recordsDirectory ?? '';
    await gateway.close();
    const verdicts = await verdictsOf(directory);
    const unseen = [...asked].flatMap(([id, { cell, expected }]) => {
      const verdict = verdicts.get(id);
      return verdict === expected ? [] : [`${cell}: ${verdict}, not ${expected}`];
    });
    t.diagnostic(`${checks.length} checks, ${cells} cells, each with its verdict in its record`);
    for (const [reason, names] of Object.entries(left)) t.diagnostic(`left out, ${reason}: ${names.join(', ')}`);
    assert.deepEqual(unseen.slice(0, 12), [], `${unseen.length} of ${asked.size}`);
    assert.deepEqual(left, LEFT_OUT);
  });
});

/** The verdict of the check `it` in each record, by the id of the request. */
async function verdictsOf(directory: string): Promise<ReadonlyMap<string, string>> {
  const verdicts = new Map<string, string>();
  for (const name of readdirSync(directory)) {
    for (const line of readFileSync(join(directory, name), 'utf8').trim().split('\n')) {
      const { id, guardrails = [] } = JSON.parse(line) as TrafficRecord;
      const found = guardrails.filter(({ check }) => check === 'it').map(({ action }) => action);
      if (found.length > 0) verdicts.set(id, found.join(' '));
    }
  }
  return verdicts;
}
