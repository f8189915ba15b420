import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { runVerb } from '../support/run-verb.ts';
import { startGateway } from '../support/start-process.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { shop } from './policies-for-verbs.ts';

const root = join(import.meta.dirname, '../..');
const expected = (name: string): string => readFileSync(join(import.meta.dirname, 'expected', name), 'utf8');
const keys = { OPENAI_API_KEY: 'sk-test', ANTHROPIC_API_KEY: 'sk-ant-test' };
const asWeb = '{"consumer":"web","model":"gpt-4o","inputTokens":100,"maxOutputTokens":200}';
const curl = (path: string, body: string, more = '') => `curl -sS http://127.0.0.1:8787${path} ${more} -d '${body}'`;
const chat = '{"model":"gpt-4o","messages":[{"role":"user","content":"Hello"}]}';

type Row = readonly [what: string, args: readonly string[], code: number, stdout: RegExp, stderr: RegExp];
const nothing = /^$/;
const table: readonly Row[] = [
  ['JSON', [asWeb, '--env', 'production'], 0, /✔ allowed\n {2}route default/, nothing],
  [
    'a refusal',
    ['{"consumer":"web","model":"gemini-2.5-pro"}', '--env', 'production'],
    0,
    /✖ refused: 403 model_not_allowed[\s\S]*policies\/consumers\.yaml:7/,
    nothing,
  ],
  [
    'a case with its situation',
    ['{"request":{"consumer":"web","model":"gpt-4o"},"upstream":{"gpt":[{"status":401}]}}'],
    0,
    /answered by premium\/claude, as a fallback \(auth\)/,
    nothing,
  ],
  [
    'a route that lost',
    [asWeb, '--why-not', 'returns'],
    0,
    /Why not returns\n {2}metadata\.topic is absent, wanted returns, shipping/,
    nothing,
  ],
  ['a route that won', [asWeb, '--why-not', 'default'], 0, /Why not default\n {2}it won/, nothing],
  ['a curl line without a key', [curl('/v1/chat/completions', chat)], 0, /by visitor\n[\s\S]*✔ allowed/, nothing],
  [
    'a curl line for Anthropic',
    [curl('/v1/messages', '{"model":"claude-sonnet-4-5","max_tokens":9,"messages":[{"role":"user","content":"Hi"}]}')],
    0,
    /^messages claude-sonnet-4-5[\s\S]*at most 9 out/,
    nothing,
  ],
  [
    'a curl line for Gemini',
    [curl('/v1beta/models/gemini-2.5-pro:generateContent', '{"contents":[{"parts":[{"text":"Hi"}]}]}')],
    0,
    /^generate gemini-2\.5-pro/,
    nothing,
  ],
  [
    'what a target of another dialect does not take of the body',
    [
      curl(
        '/v1/messages',
        '{"model":"gpt-4o","max_tokens":99,"top_k":5,"messages":[{"role":"user","content":[{"type":"text","text":"Hi","cache_control":{"type":"ephemeral"}}]}]}',
      ),
    ],
    0,
    /Lost on the way\n {2}\S+ speaks openai-chat\n {4}cannot express top_k: the target is passed over\n?\s*\(unsupportedParams: reject\)\n {4}leaves out cache_control,/,
    nothing,
  ],
  [
    'metadata in a curl line',
    [curl('/v1/chat/completions', chat, `-H 'x-signalbox-metadata: {"topic":"returns"}'`), '--consumer', 'web'],
    0,
    /route returns/,
    nothing,
  ],
  [
    'an unknown key',
    [curl('/v1/chat/completions', chat, `-H 'authorization: Bearer sbx_${'a'.repeat(40)}'`)],
    0,
    /refused: 401 invalid_api_key\n {2}the consumer key is in no Consumer/,
    nothing,
  ],
  [
    'a key in production',
    [curl('/v1/chat/completions', chat), '--env', 'production'],
    0,
    /refused: 401 invalid_api_key/,
    nothing,
  ],
  [
    'a body that no dialect reads',
    [curl('/v1/chat/completions', '{"model":"gpt-4o","messages":7}')],
    0,
    /refused: 400 invalid_request\n {2}messages/,
    nothing,
  ],
  ['a path that is nowhere', [curl('/v2/nothing', '{}')], 0, /refused: 404 not_found/, nothing],
  [
    'a typo in a name',
    ['{"consumer":"wbe","model":"gpt-4o"}'],
    0,
    /there is no consumer `wbe` in this environment\. Did you mean `web`\?/,
    nothing,
  ],
  ['no argument', [], 2, nothing, /missing required argument/],
  ['an unknown field', ['{"modle":"gpt-4o"}'], 2, nothing, /`modle` is not a key of `request`/],
  ['broken JSON', ['{"model":'], 2, nothing, /is not valid JSON/],
  ['a broken curl line', ["curl 'x"], 2, nothing, /never closed/],
  ['a file that is not there', ['request.json'], 2, nothing, /request\.json does not exist/],
  ['a record that is not there', ['req_01kax7'], 2, nothing, /holds no record "req_01kax7"/],
  ['an unknown route', [asWeb, '--why-not', 'retruns'], 2, nothing, /Did you mean returns\?/],
  ['an unknown consumer', [curl('/v1/chat/completions', chat), '--consumer', 'wbe'], 2, nothing, /Did you mean web\?/],
  ['an unknown environment', [asWeb, '--env', 'prod'], 2, nothing, /no environment "prod"/],
];

describe('signalbox explain', () => {
  for (const [what, args, code, stdout, stderr] of table) {
    it(`ends with ${code} on ${what}`, async (t) => {
      const run = await runVerb(t, ['explain', ...args], { cwd: makeTempDirectory(t, shop), env: keys });
      assert.equal(run.code, code, run.stdout + run.stderr);
      assert.match(run.stdout, stdout);
      assert.match(run.stderr, stderr);
    });
  }

  it('shows people the verdict, every gate, the budgets and the rivals', async (t) => {
    // One key is missing here.
    const run = await runVerb(t, ['explain', asWeb, '--env', 'production'], {
      cwd: makeTempDirectory(t, shop),
      env: { ANTHROPIC_API_KEY: 'sk-ant-test' },
    });
    assert.equal(run.stdout.replace(/revision [0-9a-f]{12}/, 'revision …'), expected('explain-allowed.txt'));
    assert.ok(!run.stdout.includes('sk-ant-test'));
  });

  it('reads a file and stdin, JSON and curl alike', async (t) => {
    const cwd = makeTempDirectory(t, {
      ...shop,
      'ask.json': asWeb,
      'ask.sh': `#!/bin/sh\n# a comment\n${curl('/v1/chat/completions', chat)}`,
      'body.json': chat,
    });
    for (const [args, stdin] of [
      [['ask.json'], ''],
      [['ask.sh'], ''],
      [['-'], asWeb],
      [['-'], `curl http://x/v1/chat/completions \\\n  --json @body.json`],
    ] as const) {
      const run = await runVerb(t, ['explain', ...args], { cwd, env: keys, stdin });
      assert.equal(run.code, 0, run.stderr);
      assert.match(run.stdout, /first target premium\/gpt/);
    }
  });

  it('gives JSON by its schema, for refusals too', async (t) => {
    const ajv = new Ajv2020({ strict: false });
    const validate = ajv.compile(JSON.parse(readFileSync(join(root, 'schemas/explain-report.schema.json'), 'utf8')));
    const cwd = makeTempDirectory(t, shop);
    for (const [ask, route, target, allowed] of [
      [asWeb, 'default', 'premium/gpt', true],
      ['{"consumer":"web","model":"gemini-2.5-pro"}', 'default', null, false],
      ['{"model":"gpt-4o","consumer":"nobody"}', null, null, false],
      [curl('/v1/chat/completions', chat), 'default', 'premium/gpt', true],
    ] as const) {
      const run = await runVerb(t, ['explain', ask, '--format', 'json'], { cwd, env: keys });
      const report = JSON.parse(run.stdout);
      const isValid: boolean = validate(report);
      assert.ok(isValid, JSON.stringify(validate.errors));
      assert.deepEqual([report.route, report.target, report.decision.allowed], [route, target, allowed]);
    }
  });

  it('decides a recorded request again, and says what changed since', async (t) => {
    const cwd = makeTempDirectory(t, shop);
    const gateway = await startGateway(t, [], { cwd });
    const answer = await fetch(`${gateway.url}/v1/chat/completions`, { method: 'POST', body: chat });
    assert.equal(answer.status, 200, await answer.text());
    const id = answer.headers.get('x-signalbox-request-id') ?? '';
    assert.equal((await gateway.stop()).code, 0);

    const same = await runVerb(t, ['explain', id], { cwd });
    assert.equal(same.code, 0, same.stderr);
    assert.match(same.stdout, /✔ decided by these same policies\n {2}The recorded facts give the recorded decision\./);
    assert.match(same.stdout, /answered by premium\/sandbox, as a fallback \(secret-missing\)/);

    const routes = join(cwd, 'policies/routes.yaml');
    writeFileSync(routes, readFileSync(routes, 'utf8').replace('match: {}', 'match: { consumers: [web] }'));
    const changed = await runVerb(t, ['explain', id], { cwd });
    assert.match(
      changed.stdout,
      /! decided by revision [0-9a-f]{12}, not by [0-9a-f]{12}\n {2}With the recorded facts this comes out differently now:\n {4}route\n {6}then default\n {6}now {2}none/,
    );
    const report = JSON.parse((await runVerb(t, ['explain', id, '--format', 'json'], { cwd })).stdout);
    assert.deepEqual([report.record.isSameRevision, report.record.changes[0].field], [false, 'route']);
  });
});
