import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonObject } from '#core';
import { write } from './support.ts';

function declare(parameters: JsonObject | undefined, upstreamModel: string) {
  const tool = { kind: 'function' as const, name: 'f', ...(parameters === undefined ? {} : { parameters }) };
  const { body, lost } = write({ tools: [tool] }, { upstreamModel });
  const [{ functionDeclarations }] = body.tools as [{ functionDeclarations: JsonObject[] }];
  return { declaration: functionDeclarations[0], lost };
}

test('from 2.5 on a schema goes as JSON Schema, all of it', () => {
  const parameters = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: { const: { type: ['string', 'null'] }, b: { $ref: '#/$defs/B' }, c: { const: 'x' } },
    additionalProperties: false,
    $defs: { B: { anyOf: [{ type: 'integer', exclusiveMinimum: 0 }, { type: 'null' }] } },
  };
  const { $schema: _, ...rest } = parameters;
  const { declaration, lost } = declare(parameters, 'gemini-2.5-flash');
  assert.deepEqual(declaration, {
    name: 'f',
    parametersJsonSchema: { ...rest, properties: { ...rest.properties, c: { enum: ['x'] } } },
  });
  assert.deepEqual(lost, []);
});

describe('before 2.5 a schema goes as the OpenAPI subset', () => {
  const field = (schema: JsonObject, extra: JsonObject = {}): JsonObject => ({
    type: 'object',
    properties: { a: schema },
    ...extra,
  });
  const cases: readonly [string, JsonObject, JsonObject, readonly string[]][] = [
    ['null among the types is nullable', field({ type: ['string', 'null'] }), { type: 'STRING', nullable: true }, []],
    [
      'several types are alternatives',
      field({ type: ['string', 'number'] }),
      { anyOf: [{ type: 'STRING' }, { type: 'NUMBER' }] },
      [],
    ],
    [
      'null among the alternatives is nullable',
      field({ anyOf: [{ type: 'string', description: 'd' }, { type: 'null' }] }),
      { type: 'STRING', description: 'd', nullable: true },
      [],
    ],
    [
      'alternatives stay',
      field({ oneOf: [{ type: 'string' }, { type: 'integer' }] }),
      { anyOf: [{ type: 'STRING' }, { type: 'INTEGER' }] },
      [],
    ],
    [
      'a pattern and a default stay',
      field({ type: 'string', pattern: '^a', default: 'ab' }),
      { type: 'STRING', pattern: '^a', default: 'ab' },
      [],
    ],
    ['const is an enum', field({ const: 'x' }), { type: 'STRING', enum: ['x'] }, []],
    [
      'an enum of numbers is one of strings',
      field({ type: 'integer', enum: [1, 2] }),
      { type: 'STRING', enum: ['1', '2'] },
      ['type'],
    ],
    [
      'a known format stays',
      field({ type: 'string', format: 'date-time' }),
      { type: 'STRING', format: 'date-time' },
      [],
    ],
    ['an unknown one is lost', field({ type: 'string', format: 'uuid' }), { type: 'STRING' }, ['format']],
    [
      'allOf is merged',
      field({
        allOf: [
          { type: 'object', properties: { x: { type: 'string' } } },
          { properties: { y: { type: 'number' } }, required: ['y'] },
        ],
      }),
      { type: 'OBJECT', properties: { x: { type: 'STRING' }, y: { type: 'NUMBER' } }, required: ['y'] },
      [],
    ],
    [
      'closed objects go unnamed',
      field({ type: 'object', properties: { x: {} }, additionalProperties: false }),
      { type: 'OBJECT', properties: { x: {} } },
      [],
    ],
    [
      'open ones are lost',
      field({ type: 'object', additionalProperties: { type: 'string' } }),
      { type: 'OBJECT' },
      ['additionalProperties'],
    ],
    [
      'keywords it lacks are lost',
      field({ type: 'array', items: { type: 'string' }, uniqueItems: true, minItems: 1 }),
      { type: 'ARRAY', items: { type: 'STRING' }, minItems: 1 },
      ['uniqueItems'],
    ],
    [
      'a reference is put in place',
      field({ $ref: '#/$defs/P', description: 'here' }, { $defs: { P: { type: 'string', description: 'there' } } }),
      { type: 'STRING', description: 'here' },
      [],
    ],
    ['a reference to nothing is lost', field({ $ref: '#/$defs/None' }), { type: 'OBJECT' }, ['$ref']],
  ];
  for (const [name, parameters, expected, keywords] of cases) {
    test(name, () => {
      const { declaration, lost } = declare(parameters, 'gemini-2.0-flash');
      assert.deepEqual(declaration?.parameters, { type: 'OBJECT', properties: { a: expected } });
      assert.deepEqual(
        lost,
        keywords.map((keyword) => `tools[0].parameters.${keyword}`),
      );
    });
  }

  test('a schema that refers to itself ends', () => {
    const tree = { type: 'object', properties: { left: { $ref: '#' }, name: { type: 'string' } } };
    const { declaration, lost } = declare(tree, 'gemini-2.0-flash');
    const left = { type: 'OBJECT', properties: { left: { type: 'OBJECT' }, name: { type: 'STRING' } } };
    assert.deepEqual(declaration?.parameters, { type: 'OBJECT', properties: { left, name: { type: 'STRING' } } });
    assert.deepEqual(lost, ['tools[0].parameters.$ref']);
  });

  test('a schema whose references double at each level stays small', () => {
    const $defs: Record<string, unknown> = { d0: { type: 'string' } };
    for (let level = 1; level <= 40; level++) {
      const $ref = `#/$defs/d${level - 1}`;
      $defs[`d${level}`] = { type: 'object', properties: { a: { $ref }, b: { $ref } } };
    }
    const { declaration, lost } = declare(
      { type: 'object', properties: { x: { $ref: '#/$defs/d40' } }, $defs },
      'gemini-2.0-flash',
    );
    assert.ok(JSON.stringify(declaration).length < 1_000_000);
    assert.deepEqual(lost, ['tools[0].parameters.$ref']);
  });

  for (const parameters of [undefined, { type: 'object', properties: {} }]) {
    test(`a function without parameters has none: ${JSON.stringify(parameters)}`, () => {
      assert.deepEqual(declare(parameters, 'gemini-2.0-flash').declaration, { name: 'f' });
    });
  }
});
