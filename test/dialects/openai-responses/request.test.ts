import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GatewayError, type JsonObject, type NeutralRequest } from '#core';
import { targetWith } from '../openai-chat/target.ts';
import { responses } from './support.ts';

const context = { endpoint: 'responses', pathModel: null, pathStream: null } as const;
const read = (body: JsonObject) => responses.readRequest({ model: 'gpt-5.2', input: 'Hello', ...body }, context);
const write = (request: Partial<NeutralRequest>, changes: Parameters<typeof targetWith>[0] = {}) =>
  responses.writeRequest(
    { model: 'm', messages: [], tools: [], stream: false, streamUsage: true, extra: {}, ...request },
    targetWith({ upstreamModel: 'gpt-5.2', ...changes }),
  );
const refusal = (body: JsonObject) => {
  try {
    responses.readShape({ model: 'm', ...body }, context);
    responses.readRequest({ model: 'm', ...body }, context);
  } catch (error) {
    assert.ok(error instanceof GatewayError, String(error));
    return [error.code, error.field];
  }
  return assert.fail('the body was taken');
};

describe('a malformed request is refused with the place', () => {
  const cases: readonly (readonly [string, JsonObject, string])[] = [
    ['no input', {}, 'input'],
    ['a number as input', { input: 7 }, 'input'],
    ['a number as an item', { input: [7] }, 'input[0]'],
    ['an unknown role', { input: [{ role: 'robot', content: 'x' }] }, 'input[0].role'],
    ['a message without content', { input: [{ role: 'user' }] }, 'input[0].content'],
    ['a part without type', { input: [{ role: 'user', content: [{}] }] }, 'input[0].content[0].type'],
    ['a call without id', { input: [{ type: 'function_call', name: 'f' }] }, 'input[0].call_id'],
    ['an output without id', { input: [{ type: 'function_call_output', output: '' }] }, 'input[0].call_id'],
    ['a cut data URL', image('data:image/png'), 'input[0].content[0].image_url'],
    ['an image without source', image(undefined), 'input[0].content[0].image_url'],
    ['a tool without name', { input: 'x', tools: [{ type: 'function' }] }, 'tools[0].name'],
    ['an unknown choice', { input: 'x', tool_choice: 'maybe' }, 'tool_choice'],
    ['a text as cap', { input: 'x', max_output_tokens: '9' }, 'max_output_tokens'],
    ['an unknown format', { input: 'x', text: { format: { type: 'xml' } } }, 'text.format.type'],
    ['a background answer', { input: 'x', background: true }, 'background'],
  ];
  for (const [name, body, field] of cases) {
    it(name, () => assert.deepEqual(refusal(body), ['invalid_request', field]));
  }
});

function image(url: string | undefined): JsonObject {
  return { input: [{ role: 'user', content: [{ type: 'input_image', image_url: url }] }] };
}

describe('a request is read', () => {
  it('with items of one side as one turn, and results by the name of their call', () => {
    const { messages } = read({
      instructions: 'Be brief.',
      input: [
        { role: 'user', content: 'Weather?' },
        { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'hm' }], encrypted_content: 'gAAAA' },
        { role: 'assistant', content: [{ type: 'output_text', text: 'Looking.' }] },
        { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' },
        { type: 'function_call', call_id: 'c2', name: 'g', arguments: '{}' },
        { type: 'function_call_output', call_id: 'c2', output: 'two' },
        { type: 'function_call_output', call_id: 'c1', output: [{ type: 'input_text', text: 'one' }] },
        { role: 'user', content: 'So?' },
      ],
    });
    assert.deepEqual(
      messages.map(({ role, content }) => [role, ...content.map((part) => part.kind)]),
      [
        ['system', 'text'],
        ['user', 'text'],
        ['assistant', 'reasoning', 'text', 'tool-call', 'tool-call'],
        ['user', 'tool-result', 'tool-result'],
        ['user', 'text'],
      ],
    );
    assert.deepEqual(messages[2]?.content[0], { kind: 'reasoning', text: 'hm', signature: 'gAAAA', id: 'rs_1' });
    assert.deepEqual(
      messages[3]?.content.map((part) => (part.kind === 'tool-result' ? [part.id, part.name] : [])),
      [
        ['c2', 'g'],
        ['c1', 'f'],
      ],
    );
  });

  it('with what a provider keeps named, wherever it stands', () => {
    const held = (body: JsonObject) => read(body).sameDialectOnly;
    assert.deepEqual(held({ previous_response_id: 'resp_1' }), ['previous_response_id']);
    assert.deepEqual(held({ conversation: 'conv_1', previous_response_id: null }), ['conversation']);
    assert.deepEqual(held({ prompt: { id: 'p' }, input: undefined }), ['prompt']);
    assert.deepEqual(held({ input: [{ type: 'item_reference', id: 'msg_1' }] }), ['input[0].id']);
    assert.equal(held({}), undefined);
  });

  it('without what only says the default', () => {
    const extra = (body: JsonObject) => read(body).extra;
    assert.deepEqual(
      extra({ store: false, background: false, truncation: 'disabled', include: ['reasoning.encrypted_content'] }),
      {},
    );
    assert.deepEqual(extra({ text: { verbosity: 'medium' }, metadata: null, stream_options: {} }), {});
    assert.deepEqual(Object.keys(extra({ truncation: 'auto', include: ['file_search_call.results'] })).sort(), [
      'include',
      'truncation',
    ]);
    assert.deepEqual(extra({ text: { verbosity: 'low' } }), { 'text.verbosity': 'low' });
  });

  it('with tools narrowed to those allowed', () => {
    const { tools, toolChoice } = read({
      tools: [{ type: 'function', name: 'f' }, { type: 'function', name: 'g' }, { type: 'web_search' }],
      tool_choice: { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'g' }] },
    });
    assert.deepEqual(
      tools.map((tool) => (tool.kind === 'function' ? tool.name : tool.type)),
      ['g', 'web_search'],
    );
    assert.deepEqual(toolChoice, { kind: 'required' });
  });
});

describe('a request is written', () => {
  it('with nothing stored, and encrypted reasoning asked for only of models that reason', () => {
    const include = (capabilities: ReadonlySet<string> | null, more: Partial<NeutralRequest> = {}) =>
      write({ ...more }, { capabilities }).body.include;
    assert.equal(write({}).body.store, false);
    assert.equal(include(new Set(['tools'])), undefined);
    assert.deepEqual(include(new Set(['reasoning'])), ['reasoning.encrypted_content']);
    assert.deepEqual(include(null, { reasoning: { effort: 'low' } }), ['reasoning.encrypted_content']);
    assert.equal(include(null), undefined);
  });

  it('with every parameter that the API has none for named', () => {
    const { lost, body } = write({
      topK: 5,
      stop: ['END'],
      seed: 7,
      n: 2,
      frequencyPenalty: 1,
      presencePenalty: 1,
      maxOutputTokens: 5,
      extra: { logit_bias: {} },
    });
    assert.deepEqual([...lost].sort(), [
      ...['frequency_penalty', 'logit_bias', 'max_tokens', 'n', 'presence_penalty', 'seed', 'stop', 'top_k'],
    ]);
    assert.equal(body.max_output_tokens, 16);
  });

  it('with the thoughts that this provider encrypted, and no others', () => {
    const reasoning = (part: object) =>
      write({ messages: [{ role: 'assistant', content: [{ kind: 'reasoning', text: 'hm', ...part }] }] });
    assert.deepEqual(reasoning({ signature: 'gAAAAB', id: 'rs_1' }).body.input, [
      { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'hm' }], encrypted_content: 'gAAAAB' },
    ]);
    assert.deepEqual(reasoning({}).lost, ['messages[0].content[0] (reasoning)']);
  });

  it('with parameters of a policy in the names of the API, and its cap last', () => {
    const { body, lost } = write(
      { maxOutputTokens: 100 },
      { maxOutputTokens: 50, params: { max_tokens: 400, reasoning_effort: 'high', seed: 7, temperature: 0.2 } },
    );
    assert.equal(body.max_output_tokens, 50);
    assert.deepEqual(body.reasoning, { effort: 'high' });
    assert.equal(body.temperature, 0.2);
    assert.deepEqual(lost, ['params.seed']);
  });

  it('and what it writes of its own dialect is what it read', () => {
    const body = {
      model: 'gpt-5.2',
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'Look.' },
            { type: 'input_file', file_id: 'f_1' },
          ],
        },
        { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'x' } },
        { type: 'custom_tool_call', call_id: 'c1', name: 'shell', input: 'ls' },
        { type: 'custom_tool_call_output', call_id: 'c1', output: 'a b' },
      ],
      tools: [{ type: 'web_search' }],
      tool_choice: { type: 'web_search' },
      truncation: 'auto',
      prompt_cache_key: 'k',
      store: false,
    };
    const written = responses.writeRequest(
      responses.readRequest(body, context),
      targetWith({ upstreamModel: 'gpt-5.2' }),
    );
    assert.deepEqual(JSON.parse(JSON.stringify(written.body)), body);
    assert.deepEqual(written.lost, []);
  });
});

describe('a request passes', () => {
  const pass = (body: JsonObject, changes: Parameters<typeof targetWith>[0] = {}) =>
    responses.passRequest(
      { model: 'gpt-5.2', input: 'x', ...body },
      targetWith({ upstreamModel: 'gpt-5.2', ...changes }),
      context,
    );

  it('untouched where policy asks for nothing', () => {
    assert.deepEqual(pass({ previous_response_id: 'resp_1', tools: [{ type: 'web_search' }] }).edits, {});
  });

  it('with the prompt of the route around the instructions, the cap and the parameters', () => {
    const { edits } = pass(
      { instructions: 'Be brief.', max_output_tokens: 500 },
      { prompt: { prepend: 'You are B.', append: null }, maxOutputTokens: 100, params: { top_p: 0.5 } },
    );
    assert.deepEqual(edits, { instructions: 'You are B.\n\nBe brief.', max_output_tokens: 100, top_p: 0.5 });
  });

  it('without thoughts of another provider, by their encryption or by the id that they were given here', () => {
    const theirs = Buffer.from([0x0a, 0x40, 0x18, 0x02, 0x22, 0x40, ...Array(60).fill(7)]).toString('base64');
    const own = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: `gAAAAAB${'x'.repeat(60)}` };
    const input = [
      { type: 'reasoning', id: 'rs_sbx_1', summary: [{ type: 'summary_text', text: 'hm' }] },
      { type: 'reasoning', id: 'rs_sbx_2', summary: [], encrypted_content: theirs },
      own,
    ];
    const { edits, lost } = pass({ input });
    assert.deepEqual([edits, lost], [{ input: [own] }, ['input[0] (reasoning)', 'input[1] (reasoning)']]);
  });

  it('without a parameter that the provider refuses, which is named', () => {
    const { edits, lost } = pass({ service_tier: 'flex' }, { quirks: { dropParams: ['service_tier'] } });
    assert.deepEqual([edits, lost], [{ service_tier: undefined }, ['service_tier']]);
  });
});
