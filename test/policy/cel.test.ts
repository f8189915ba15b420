import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createPredicateCompiler } from '../../src/policy/predicate.ts';
import type { PredicateInput } from '../../src/snapshot/index.ts';
import { compileInline, findingLines } from '../support/compile-inline.ts';

const REQUEST: PredicateInput['request'] = {
  endpoint: 'chat',
  model: 'gpt-4',
  path: '/v1/chat/completions',
  stream: false,
  hasTools: false,
  toolCount: 0,
  images: 2,
  audio: 0,
  documents: 0,
  responseFormat: 'text',
  inputTokens: 100,
  maxOutputTokens: 200,
  temperature: 0.7,
  bodyBytes: 512,
  session: '',
};

const INPUT: PredicateInput = {
  request: REQUEST,
  consumer: { name: 'support-bot', labels: { team: 'product' } },
  metadata: { topic: 'returns', user: '42' },
  headers: { 'x-region': 'eu' },
};

const compile = createPredicateCompiler();

describe('a condition', () => {
  const held: readonly (readonly [source: string, holds: boolean])[] = [
    ['request.inputTokens < 4000 && !request.hasTools', true],
    ['request.inputTokens < 100', false],
    ['request.inputTokens == 100', true],
    ['100 == request.inputTokens', true],
    ['request.inputTokens != 100', false],
    ['request.inputTokens in [1, 100]', true],
    ['request.inputTokens + 1 <= 101', true],
    ['2 * request.images == 4', true],
    ['request.temperature > 0.5', true],
    ['request.inputTokens / 0 > 1', true],
    ['request.endpoint in ["chat", "messages"]', true],
    ['request.model.startsWith("gpt") && request.path.contains("/chat/")', true],
    ['consumer.name == "support-bot" && consumer.labels.team == "product"', true],
    ['headers["x-region"] == "eu"', true],
    ['int(metadata.user) == 42', true],
    // Absent keys read as empty texts …
    ['metadata.absent == "x"', false],
    ['metadata.absent != "x"', true],
    ['!(metadata.absent == "x")', true],
    ['metadata["absent"] == ""', true],
    ['(metadata).absent == ""', true],
    ['metadata . absent == ""', true],
    ['consumer.labels.absent == ""', true],
    ['["absent", "topic"].exists(key, metadata[key] == "returns")', true],
    ['metadata.toString == "" && metadata.__proto__ == ""', true],
    // … and are still told from them.
    ['"absent" in metadata || has(metadata.absent)', false],
    ['"topic" in metadata && has(metadata.topic)', true],
    ['metadata.?absent.orValue("other") == "other"', true],
    ['metadata.exists(key, metadata[key] == "42")', true],
    ['metadata.filter(key, key.startsWith("t")).size() == 1', true],
    ["re2(request.path, '^/v1/(chat|messages)')", true],
    ["re2(request.path, '^(a+)+$')", false],
    // What cannot be evaluated does not hold.
    ['int(metadata.topic) == 1', false],
    ['int(metadata.topic) == 1 || true', true],
  ];
  for (const [source, holds] of held) {
    it(`${source} is ${holds}`, () => {
      const result = compile(source);
      assert.equal(result.kind === 'predicate' ? result.predicate.evaluate(INPUT) : result.refusal.message, holds);
    });
  }

  it('never throws, whatever it is given', () => {
    const result = compile('metadata.exists(key, metadata[key] == "42") || request.inputTokens < 5');
    assert.equal(result.kind, 'predicate');
    for (const input of [{}, null, { request: { inputTokens: 'many' }, metadata: { a: 1 } }]) {
      if (result.kind === 'predicate')
        assert.equal(result.predicate.evaluate(input as unknown as PredicateInput), false);
    }
  });

  it('runs no macro over more than a thousand entries', () => {
    const metadata = Object.fromEntries(Array.from({ length: 1001 }, (_, at) => [`key-${at}`, '42']));
    const result = compile('metadata.exists(key, metadata[key] == "42")');
    assert.equal(result.kind === 'predicate' && result.predicate.evaluate({ ...INPUT, metadata }), false);
  });

  it('takes a hundred terms', () => {
    assert.equal(compile(Array(100).fill('request.stream').join(' || ')).kind, 'predicate');
  });

  it('answers a hostile text in linear time', () => {
    const result = compile("re2(request.path, '^(a+)+$')");
    const path = `${'a'.repeat(50_000)}!`;
    const started = performance.now();
    assert.equal(
      result.kind === 'predicate' && result.predicate.evaluate({ ...INPUT, request: { ...REQUEST, path } }),
      false,
    );
    assert.ok(performance.now() - started < 1000);
  });
});

describe('a refused condition', () => {
  const refused: readonly (readonly [source: string, rule: string, blamed: string])[] = [
    ['request.nope == 1', 'cel/type-error', 'nope'],
    ['unknown.x', 'cel/type-error', 'unknown'],
    ['request.endpoint + 1 == "x"', 'cel/type-error', 'request.endpoint + 1'],
    ['consumer.name', 'cel/type-error', 'consumer.name'],
    ['request.inputTokens', 'cel/type-error', 'request.inputTokens'],
    ['request.stream &&', 'cel/type-error', ''],
    ['', 'cel/type-error', ''],
    ["re2(request.path, '(?=a)')", 'cel/type-error', "'(?=a)'"],
    ['request.path.matches("^a")', 'cel/cost', 'request.path.matches("^a")'],
    ['matches(request.path, "^a")', 'cel/cost', 'matches(request.path, "^a")'],
    ['re2(request.path, request.model)', 'cel/cost', 'request.model'],
    ['metadata.all(a, metadata.all(b, a == b))', 'cel/cost', 'metadata.all(b, a == b)'],
    ['["a"].map(x, x + x).map(x, x + x).size() > 0', 'cel/cost', '["a"].map(x, x + x)'],
    ['request.path.split("/").size() > 1', 'cel/cost', 'request.path.split("/")'],
    ['cel.bind(x, "a", x == "a")', 'cel/cost', 'cel.bind(x, "a", x == "a")'],
    [`${'('.repeat(40)}true${')'.repeat(40)}`, 'cel/cost', ''],
    [`[${'1,'.repeat(300)}1].size() > 1`, 'cel/cost', ''],
    [Array(300).fill('request.stream').join(' || ').slice(0, 3999), 'cel/cost', ''],
  ];
  for (const [source, rule, blamed] of refused) {
    it(`${rule}: ${source.slice(0, 60)}`, () => {
      const result = compile(source);
      assert.equal(result.kind, 'refused');
      if (result.kind !== 'refused') return;
      const { refusal } = result;
      assert.equal(refusal.rule, rule);
      if (blamed !== '') assert.equal(source.slice(refusal.start, refusal.end), blamed);
      assert.ok(refusal.message.length > 0 && refusal.hint.length > 0);
    });
  }

  it('of more than 4,000 characters is not even parsed', () => {
    const result = compile(`"${'a'.repeat(4000)}" == ""`);
    assert.equal(result.kind === 'refused' && result.refusal.rule, 'cel/cost');
  });
});

describe('the place of a refused condition', () => {
  const places: readonly (readonly [title: string, lines: string, found: string])[] = [
    ['plain', '    when: request.nope == 1', '5:19 cel/type-error'],
    ['single-quoted', "    when: 'metadata.a == ''x'' && request.nope == 1'", '5:43 cel/type-error'],
    ['double-quoted', '    when: "metadata.a == \\"x\\" && request.nope == 1"', '5:43 cel/type-error'],
    ['in a flow map', '    { when: "request.nope == 1" }', '5:22 cel/type-error'],
    ['in a block, as a whole', '    when: |\n      request.stream ||\n      request.nope == 1', '5:11 cel/type-error'],
  ];
  for (const [title, lines, found] of places) {
    it(`is exact: ${title}`, () => {
      const compiled = compileInline(`kind: Route\nmetadata: { name: r }\nspec:\n  match:\n${lines}\n`);
      assert.equal(compiled.snapshot, null);
      const [line = ''] = findingLines(compiled);
      assert.ok(line.startsWith(`inline.yaml:${found}`), line);
    });
  }

  it('is in the environment when an operation set it', () => {
    const compiled = compileInline({
      'development.yaml': `kind: Environment
metadata: { name: development }
spec:
  overrides:
    - { target: Route/r, path: match.when, set: "request.stream && request.nope" }
`,
      'r.yaml': 'kind: Route\nmetadata: { name: r }\nspec: { match: {} }\n',
    });
    assert.deepEqual(findingLines(compiled), [
      'development.yaml:5:76 cel/type-error No such key: nope [Readable are request.*, consumer.name, consumer.labels, metadata and headers.]',
    ]);
  });
});
