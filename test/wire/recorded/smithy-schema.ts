import { asArray, asObject, asString, type JsonObject } from '#core';

/** A service model of AWS (the `service-2.json` form) as JSON Schemas by shape; fields that stand in the path are left out. */
export function smithyDefs(model: JsonObject, isStrict: boolean): JsonObject {
  const shapes = Object.entries(asObject(model.shapes));
  return Object.fromEntries(shapes.map(([name, shape]) => [name, schemaOf(asObject(shape), isStrict)]));
}

const ref = (shape: unknown) => ({ $ref: `#/$defs/${String(asObject(shape).shape)}` });

function schemaOf(shape: JsonObject, isStrict: boolean): JsonObject {
  switch (shape.type) {
    case 'structure':
      return structure(shape, isStrict);
    case 'list':
      return { type: 'array', items: ref(shape.member), ...bounds(shape, 'Items') };
    case 'map':
      return { type: 'object', additionalProperties: ref(shape.value) };
    case 'string':
      return {
        type: 'string',
        ...(Array.isArray(shape.enum) ? { enum: shape.enum } : {}),
        ...bounds(shape, 'Length'),
        // Java's possessive and nested classes aside, the patterns are ECMAScript's too; the id's own alternatives are anchored.
        ...(typeof shape.pattern === 'string' ? { pattern: `^(?:${shape.pattern})$` } : {}),
      };
    case 'blob':
    case 'timestamp':
      return { type: 'string' };
    case 'boolean':
      return { type: 'boolean' };
    case 'integer':
    case 'long':
      return { type: 'integer' };
    case 'float':
    case 'double':
      return { type: 'number' };
    default:
      return {};
  }
}

function structure(shape: JsonObject, isStrict: boolean): JsonObject {
  // A document is any JSON.
  if (shape.document === true) return {};
  const members = Object.entries(asObject(shape.members)).filter(
    ([, member]) => asObject(member).location === undefined,
  );
  const names = new Set(members.map(([name]) => name));
  return {
    type: 'object',
    properties: Object.fromEntries(members.map(([name, member]) => [name, ref(member)])),
    required: asArray(shape.required).filter((name) => names.has(asString(name) ?? '')),
    ...(isStrict ? { additionalProperties: false } : {}),
    ...(shape.union === true && isStrict ? { minProperties: 1, maxProperties: 1 } : {}),
  };
}

function bounds({ min, max }: JsonObject, what: 'Items' | 'Length'): JsonObject {
  return {
    ...(typeof min === 'number' ? { [`min${what}`]: min } : {}),
    ...(typeof max === 'number' ? { [`max${what}`]: max } : {}),
  };
}
