import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DialectName, NeutralResponse } from '#core';
import { wireDialects } from '#dialects';
import { CITED, CITED_ANSWERS, PAGE, SAID } from './cited-answers.ts';
import { type Crossed, collect, crossStream, crossWhole, readStream, readWhole } from './cross.ts';

/** Dialects whose answers have no place for a source. */
const SILENT: ReadonlySet<DialectName> = new Set(['openai-completions', 'ollama']);
/** Dialects that tie a source to a block, which a stream cannot cut behind its words. */
const BLOCKS: ReadonlySet<DialectName> = new Set(['anthropic-messages', 'bedrock-converse']);

/** Each source with the words that rest on it. */
function sourcesOf({ choices }: NeutralResponse) {
  return (choices[0]?.content ?? []).flatMap((part) =>
    part.kind !== 'text'
      ? []
      : (part.citations ?? []).map(({ start = 0, end, source }) => ({
          words: [...part.text].slice(start, end).join(''),
          source,
        })),
  );
}

function textOf({ choices }: NeutralResponse): string {
  return (choices[0]?.content ?? []).map((part) => (part.kind === 'text' ? part.text : '')).join('');
}

const EXPECTED = [{ words: CITED, source: { kind: 'url', ...PAGE } }];

describe('what an answer rests on', () => {
  for (const [name, answer] of Object.entries(CITED_ANSWERS)) {
    const from = name as DialectName;
    it(`is read from ${from}, whole and streamed`, () => {
      for (const read of [readWhole(from, answer.whole), collect(readStream(from, answer.stream))]) {
        assert.equal(textOf(read), SAID);
        assert.deepEqual(sourcesOf(read), EXPECTED);
        assert.equal(read.unread, undefined);
      }
    });

    for (const to of wireDialects()) {
      it(`goes from ${from} to ${to}, or is named`, () => {
        const whole = crossWhole(from, to, answer.whole);
        const stream = crossStream(from, to, answer.stream);
        for (const crossed of [whole, stream]) assert.equal(textOf(crossed.response), SAID);
        if (SILENT.has(to)) {
          for (const crossed of [whole, stream]) assertNamed(crossed);
          return;
        }
        assert.deepEqual(sourcesOf(whole.response), EXPECTED);
        assert.deepEqual(whole.lost, []);
        if (BLOCKS.has(to) && answer.hasRange) {
          assert.deepEqual(sourcesOf(stream.response), [{ words: SAID, source: { kind: 'url', ...PAGE } }]);
          assert.deepEqual(stream.lost, ['citations (range)']);
          return;
        }
        assert.deepEqual(sourcesOf(stream.response), EXPECTED);
        assert.deepEqual(stream.lost, []);
      });
    }
  }
});

function assertNamed({ response, lost }: Crossed): void {
  assert.deepEqual(sourcesOf(response), []);
  assert.deepEqual(lost, ['citations']);
}

describe('sources of other kinds', () => {
  const claude = (citation: object) => ({
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'm',
    content: [{ type: 'text', text: 'Yes.', citations: [citation] }],
    stop_reason: 'end_turn',
    usage: { input_tokens: 1, output_tokens: 1 },
  });
  const document = {
    type: 'char_location',
    cited_text: 'It is so.',
    document_index: 1,
    document_title: 'Report',
    start_char_index: 4,
    end_char_index: 13,
  };
  const source = { kind: 'document', index: 1, title: 'Report' };

  it('a document of the request goes to Bedrock, Cohere and Gemini as far as they name one', () => {
    const to = (name: DialectName) => crossWhole('anthropic-messages', name, claude(document));
    assert.deepEqual(sourcesOf(to('bedrock-converse').response), [{ words: 'Yes.', source }]);
    assert.deepEqual(sourcesOf(to('cohere-chat').response), [
      { words: 'Yes.', source: { kind: 'document', id: 'doc:1', title: 'Report' } },
    ]);
    assert.deepEqual(sourcesOf(to('gemini').response), [
      { words: 'Yes.', source: { kind: 'document', title: 'Report' } },
    ]);
    for (const name of ['bedrock-converse', 'cohere-chat', 'gemini'] as const) assert.deepEqual(to(name).lost, []);
  });

  it('a document of the request is named towards OpenAI, which cites pages and files', () => {
    for (const name of ['openai-chat', 'openai-responses'] as const) {
      assert.deepEqual(crossWhole('anthropic-messages', name, claude(document)).lost, ['citations (document)']);
    }
  });

  it('its own dialect gets a source back as it was', () => {
    const read = readWhole('anthropic-messages', claude(document));
    const { response } = crossWhole('anthropic-messages', 'anthropic-messages', claude(document));
    assert.deepEqual(response.choices, read.choices);
  });

  it('a file at OpenAI goes to Gemini as a retrieved context, and is named towards Anthropic', () => {
    const text = {
      type: 'output_text',
      text: 'Yes.',
      annotations: [{ type: 'file_citation', file_id: 'file-1', filename: 'a.pdf', index: 4 }],
    };
    const body = {
      id: 'resp_1',
      status: 'completed',
      output: [{ type: 'message', role: 'assistant', content: [text] }],
    };
    assert.deepEqual(sourcesOf(crossWhole('openai-responses', 'gemini', body).response), [
      { words: 'Yes.', source: { kind: 'document', id: 'file-1', title: 'a.pdf' } },
    ]);
    assert.deepEqual(crossWhole('openai-responses', 'anthropic-messages', body).lost, ['citations (file)']);
  });

  it("Perplexity's list of pages goes with the whole answer", () => {
    const body = {
      id: 'p1',
      model: 'sonar',
      choices: [{ index: 0, message: { role: 'assistant', content: 'Yes [1].' }, finish_reason: 'stop' }],
      search_results: [{ title: 'Rain', url: PAGE.url, date: '2026-11-01' }],
      citations: [PAGE.url],
      related_questions: ['Why?'],
    };
    const { response, lost } = crossWhole('openai-chat', 'anthropic-messages', body);
    assert.deepEqual(sourcesOf(response), [{ words: 'Yes [1].', source: { kind: 'url', ...PAGE } }]);
    assert.deepEqual(lost, ['related_questions']);
  });

  it("Gemini's search suggestions are named, since other dialects have no place for them", () => {
    const { whole } = CITED_ANSWERS.gemini ?? assert.fail();
    const [candidate] = whole.candidates as readonly [{ groundingMetadata: object }];
    const groundingMetadata = { ...candidate.groundingMetadata, searchEntryPoint: { renderedContent: '<b>x</b>' } };
    const { lost } = crossWhole('gemini', 'openai-chat', {
      ...whole,
      candidates: [{ ...candidate, groundingMetadata }],
    });
    assert.deepEqual(lost, ['groundingMetadata.searchEntryPoint']);
  });

  it('a citation that came from another provider does not go back to Anthropic, which would refuse it', async () => {
    const { anthropicMessages } = await import('../../../src/dialects/anthropic-messages/index.ts');
    const { targetWith } = await import('../openai-chat/target.ts');
    const foreign = { type: 'web_search_result_location', cited_text: '', encrypted_index: '', ...PAGE };
    const body = {
      model: 'claude-sonnet-4-5',
      max_tokens: 10,
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: [{ type: 'text', text: 'Yes.', citations: [foreign] }] },
        { role: 'user', content: 'Why?' },
      ],
    };
    const context = { endpoint: 'messages', pathModel: null, pathStream: null } as const;
    const { edits, lost } = anthropicMessages.passRequest(body, targetWith({ upstreamModel: body.model }), context);
    const [, assistant] = edits.messages as readonly object[];
    assert.deepEqual(assistant, { role: 'assistant', content: [{ type: 'text', text: 'Yes.' }] });
    assert.deepEqual(lost, []);
  });
});
