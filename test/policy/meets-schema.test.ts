import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { asArray, isObject, type JsonObject } from '#core';
import { loadPolicies, parsePolicies, SCHEMAS } from '../../src/policy/index.ts';
import { meetsSchema } from '../../src/policy/meets-schema.ts';
import { createStrictAjv, listNodes, readSchemaFiles } from '../schemas/schema-files.ts';

const files = readSchemaFiles();
const ajv = createStrictAjv(files);
const company = await loadPolicies(join(import.meta.dirname, '../../policies'));

/** What a value is replaced with: one of each type, and the edges of the limits that schemas set. */
const OTHERS: readonly unknown[] = [
  ...[null, true, false, 0, -1, 1.5, 1e300, Number.NaN, '', 'x', '5m', '12 USD', '80%', 'é'.repeat(300)],
  ...[
    [],
    {},
    [1, 1],
    [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ],
    { 'x-y': 1 },
    { constructor: 1 },
  ],
];

describe('the quick check of a schema says what Ajv says', () => {
  const { documents } = parsePolicies(company.sources);

  for (const [kind, schema] of Object.entries(SCHEMAS)) {
    it(`${kind}: of the example company's documents, whole and with each value changed, left out, doubled or joined by another`, () => {
      const validate = ajv.getSchema(String(schema.$id))!;
      const own = documents.filter((document) => document.kind === kind).slice(0, 2);
      const nextOther = inTurn(OTHERS);
      let met = 0;
      let unmet = 0;
      for (const { value } of own) {
        for (const variant of variantsOf(value, nextOther)) {
          const expected = validate(variant);
          if (expected) met++;
          else unmet++;
          if (meetsSchema(schema, variant) !== expected)
            assert.fail(`Ajv says ${expected}: ${JSON.stringify(variant)}`);
        }
      }
      assert.ok(met >= own.length && met > 0 && unmet > 20, `${met} met the schema, ${unmet} did not`);
    });
  }

  it('of every example that the schemas give', () => {
    const kinds = new Set(Object.values(SCHEMAS).map(({ $id }) => $id));
    const nodes = files.filter(({ file }) => kinds.has(file) || file === 'defs.schema.json').flatMap(listNodes);
    const examples = nodes.flatMap(({ schema }) => asArray(schema.examples).map((value) => ({ schema, value })));
    for (const { schema, value } of examples) assert.equal(meetsSchema(schema, value), true, JSON.stringify(value));
    assert.ok(examples.length > 600, `only ${examples.length} examples`);
  });
});

it('a keyword that the quick check does not know is a mistake of ours and no silent pass', () => {
  assert.throws(() => meetsSchema({ contains: { const: 1 } }, [1]), /does not know the keyword contains/);
  assert.throws(() => meetsSchema({ $ref: 'defs.schema.json#/$defs/nowhere' }, 1), /names no shared definition/);
  assert.throws(() => meetsSchema({ format: 'nowhere' }, 'x'), /no format is called nowhere/);
});

function inTurn(values: readonly unknown[]): () => unknown {
  let at = 0;
  return () => values[at++ % values.length];
}

/** The value itself, then one value for each change of one place. */
function* variantsOf(value: unknown, nextOther: () => unknown): Generator<unknown> {
  yield value;
  // Two of them at each place, by turns: all of them at all places of all documents take half a minute and found no more.
  yield nextOther();
  yield nextOther();
  if (Array.isArray(value)) {
    yield [...value, ...value];
    yield value.slice(1);
    for (const [index, item] of value.entries())
      for (const variant of variantsOf(item, nextOther)) yield value.with(index, variant);
  }
  if (isObject(value)) {
    yield { ...value, unheard: 1 };
    yield { ...value, 'x-own': 1 };
    for (const [key, field] of Object.entries(value)) {
      yield without(value, key);
      for (const variant of variantsOf(field, nextOther)) yield { ...value, [key]: variant };
    }
  }
}

function without(object: JsonObject, key: string): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));
}
