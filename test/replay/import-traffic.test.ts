import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { TrafficRecord } from '#decision-log';
import { type ImportRule, importTraffic, leaksOf, SourceFormatError, type SourceKind } from '#replay';
import { makeTempDirectory } from '../support/temp-directory.ts';

const ajv = new Ajv2020({ strict: false });
addFormats.default(ajv);
ajv.addSchema(JSON.parse(readFileSync('schemas/defs.schema.json', 'utf8')));
const isRecord = ajv.compile(JSON.parse(readFileSync('schemas/traffic-record.schema.json', 'utf8')));

const RULE: ImportRule = { model: null, consumer: null, endpoint: null, startMs: Date.UTC(2024, 0, 1) };

interface Case {
  readonly kind: SourceKind;
  readonly text: string;
  /** Dotted path → value of the first record. */
  readonly expect: Readonly<Record<string, unknown>>;
  readonly rule?: Partial<ImportRule>;
}

const nano = (iso: string): string => `${Date.parse(iso)}000000`;

const cases: readonly Case[] = [
  {
    kind: 'azure-llm-csv',
    text: 'TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:03.9799600,4808,10\n',
    rule: { model: 'gpt-4o', consumer: 'app' },
    expect: {
      at: '2023-11-16T18:17:03.979Z',
      'request.model': 'gpt-4o',
      'request.consumer': 'app',
      'request.inputTokens': 4808,
      'attempts.0.usage.output': 10,
      'attempts.0.model': 'gpt-4o',
      'request.endpoint': 'chat',
      facts: undefined,
    },
  },
  {
    kind: 'burstgpt-csv',
    text: 'Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n5,ChatGPT,472,18,490,Conversation log\n',
    expect: {
      at: '2024-01-01T00:00:05.000Z',
      'request.model': 'gpt-3.5-turbo',
      'attempts.0.usage.input': 472,
      'outcome.status': 200,
      'request.consumer': undefined,
    },
  },
  {
    kind: 'burstgpt-csv',
    text: 'Timestamp,Session ID,Elapsed time,Model,Request tokens,Response tokens,Total tokens,Log Type\n45,12,2.5,GPT-4,472,0,472,API log\n',
    expect: {
      'request.model': 'gpt-4',
      'outcome.status': 500,
      'attempts.0.outcome': 'server-error',
      'attempts.0.usage': null,
      'attempts.0.durationMs': 2500,
    },
  },
  {
    kind: 'mooncake-jsonl',
    text: '{"timestamp": 27000, "input_length": 6955, "output_length": 52, "hash_ids": [46, 47]}\n',
    rule: { model: 'gpt-4o' },
    expect: {
      at: '2024-01-01T00:00:27.000Z',
      'request.inputTokens': 6955,
      'attempts.0.usage.output': 52,
      'request.digests': undefined,
    },
  },
  {
    kind: 'litellm-jsonl',
    text: `${JSON.stringify({
      id: 'chatcmpl-1',
      call_type: 'acompletion',
      status: 'success',
      model: 'gpt-4o-2024-11-20',
      model_group: 'gpt-4o',
      custom_llm_provider: 'openai',
      startTime: 1763280000.5,
      endTime: 1763280002.5,
      completionStartTime: 1763280001,
      prompt_tokens: 120,
      completion_tokens: 30,
      response_cost: 0.0006,
      stream: true,
      cache_hit: false,
      metadata: {
        user_api_key_alias: 'shop',
        user_api_key_team_alias: 'product',
        requester_metadata: { topic: 'faq' },
      },
      model_parameters: { temperature: 0.2, max_tokens: 300, tools: [{}, {}] },
    })}\n`,
    expect: {
      at: '2025-11-16T08:00:00.500Z',
      'request.model': 'gpt-4o',
      'request.consumer': 'shop',
      'request.labels': { team: 'product' },
      'request.metadata': { topic: 'faq' },
      'request.stream': true,
      'request.tools': 2,
      'request.maxOutputTokens': 300,
      'attempts.0.costMicroUsd': 600,
      'attempts.0.durationMs': 2000,
      'attempts.0.firstTokenMs': 500,
      'attempts.0.target': 'imported/openai',
    },
  },
  {
    kind: 'litellm-jsonl',
    text: '{"request_id":"1","startTime":"2026-11-16T08:00:00","status":"failure","model":"gpt-4o","error_information":{"error_code":"429"},"prompt_tokens":0,"completion_tokens":0}\n',
    expect: { 'outcome.status': 429, 'attempts.0.outcome': 'rate-limit', 'attempts.0.usage': null },
  },
  {
    kind: 'portkey-jsonl',
    text: '{"created_at":"2026-11-16T08:00:00.000Z","ai_org":"anthropic","ai_model":"claude-sonnet-4-5","req_units":10,"res_units":20,"cost":0.33,"response_status_code":200,"response_time":812,"cache_status":"MISS","metadata":{"_user":"shop","team":"product"}}\n',
    expect: {
      'request.model': 'claude-sonnet-4-5',
      'request.consumer': 'shop',
      'attempts.0.costMicroUsd': 3300,
      'attempts.0.durationMs': 812,
      'outcome.cache': 'off',
    },
  },
  {
    kind: 'portkey-jsonl',
    text: '{"created_at":"2026-11-16T08:00:00.000Z","ai_model":"gpt-4o","req_units":10,"res_units":20,"response_status_code":200,"cache_status":"HIT"}\n',
    expect: { 'outcome.cache': 'hit', attempts: [], 'outcome.usage': null },
  },
  {
    kind: 'cloudflare-jsonl',
    text: '{"created_at":"2026-11-16 08:00:00.123","provider":"openai","model":"gpt-4o-mini","tokens_in":7,"tokens_out":9,"cost":0.0000065,"cached":false,"success":true,"status_code":200,"duration":350,"metadata":"{\\"user\\":\\"shop\\",\\"plan\\":\\"pro\\"}"}\n',
    expect: {
      at: '2026-11-16T08:00:00.123Z',
      'request.consumer': 'shop',
      'request.metadata': { user: 'shop', plan: 'pro' },
      'attempts.0.costMicroUsd': 7,
      'attempts.0.usage.input': 7,
    },
  },
  {
    kind: 'otlp-json',
    text: `${JSON.stringify(
      {
        resourceSpans: [
          {
            resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
            scopeSpans: [
              {
                spans: [
                  { name: 'GET /', startTimeUnixNano: nano('2026-11-16T08:00:00Z'), attributes: [] },
                  {
                    name: 'chat gpt-4o',
                    startTimeUnixNano: nano('2026-11-16T08:00:00Z'),
                    endTimeUnixNano: nano('2026-11-16T08:00:01.500Z'),
                    attributes: [
                      { key: 'gen_ai.operation.name', value: { stringValue: 'chat' } },
                      { key: 'gen_ai.request.model', value: { stringValue: 'gpt-4o' } },
                      { key: 'gen_ai.provider.name', value: { stringValue: 'openai' } },
                      { key: 'gen_ai.usage.input_tokens', value: { intValue: '100' } },
                      { key: 'gen_ai.usage.output_tokens', value: { intValue: '25' } },
                    ],
                  },
                ],
              },
            ],
          },
        ],
      },
      null,
      2,
    )}\n`,
    expect: {
      at: '2026-11-16T08:00:00.000Z',
      'request.model': 'gpt-4o',
      'request.consumer': 'shop',
      'attempts.0.usage.input': 100,
      'attempts.0.durationMs': 1500,
    },
  },
];

async function imported(path: string, kind: SourceKind, rule: Case['rule'] = {}) {
  const records: TrafficRecord[] = [];
  const result = await importTraffic(kind, path, { ...RULE, ...rule }, async (line) => {
    assert.ok(line.endsWith('\n'));
    records.push(JSON.parse(line));
  });
  return { records, result };
}

describe('importing', () => {
  for (const [index, { kind, text, rule, expect }] of cases.entries()) {
    it(`${kind} (${index + 1}) gives records that are valid, hold no secret and say what the source says`, async (t) => {
      const path = join(makeTempDirectory(t, { source: text }), 'source');
      const { records, result } = await imported(path, kind, rule);
      assert.deepEqual(result, { records: 1, bad: 0, problems: [] });
      assert.ok(isRecord(records[0]), ajv.errorsText(isRecord.errors));
      assert.deepEqual(leaksOf(records[0]), []);
      for (const [field, value] of Object.entries(expect)) assert.deepEqual(at(records[0], field), value, field);
    });

    it(`${kind} (${index + 1}) packed gives the same, ids included`, async (t) => {
      const folder = makeTempDirectory(t, { source: text });
      writeFileSync(join(folder, 'source.gz'), gzipSync(text));
      const plain = await imported(join(folder, 'source'), kind, rule);
      assert.deepEqual((await imported(join(folder, 'source.gz'), kind, rule)).records, plain.records);
      assert.match(plain.records[0]?.id ?? '', /^imp_[0-9a-f]{24}$/);
    });
  }

  it('counts bad rows and names them by their lines', async (t) => {
    const text =
      'TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:03,1,2\nnever,1,2\n2023-11-16 18:17:04,x,2\n2023-11-16 18:17:05,1\n\n2023-11-16 18:17:06,3,4\n';
    const path = join(makeTempDirectory(t, { source: text }), 'source');
    const { records, result } = await imported(path, 'azure-llm-csv');
    assert.equal(records.length, 2);
    assert.equal(result.bad, 3);
    assert.deepEqual(
      result.problems.map(({ line }) => line),
      [3, 4, 5],
    );
    assert.match(result.problems[0]?.message ?? '', /"never", not a time/);
  });

  it('refuses a source of another format by its header', async (t) => {
    const path = join(makeTempDirectory(t, { source: 'a,b,c\n1,2,3\n' }), 'source');
    await assert.rejects(imported(path, 'azure-llm-csv'), SourceFormatError);
  });

  it('replaces what looks personal or secret by a stand-in', async (t) => {
    const text =
      '{"created_at":"2026-11-16T08:00:00Z","ai_model":"gpt-4o","metadata":{"_user":"jane.doe@example.com","key":"sk-abcdefghijklmnop1234567890"}}\n';
    const path = join(makeTempDirectory(t, { source: text }), 'source');
    const { records } = await imported(path, 'portkey-jsonl');
    assert.doesNotMatch(JSON.stringify(records), /jane|sk-abc/);
    assert.match(records[0]?.request.consumer ?? '', /^p_[0-9a-f]{16}$/);
    assert.deepEqual(leaksOf(records[0]), []);
  });
});

function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value);
}
