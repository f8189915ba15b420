import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { fastFormats } from 'ajv-formats/dist/formats.js';
import { RE2JS } from 're2js';
import type { JsonObject } from '#core';
import { CheckOptionError } from './check.ts';

/** Tells whether a value meets the schema; where the schema was compiled to mend, the value is changed in place. */
export type MeetsSchema = (value: unknown) => boolean;

/** Compiles the schema of a policy, once. `isMending` turns `"42"` into 42 and fills in defaults. Throws CheckOptionError. Pure. */
export function compileSchema(schema: JsonObject, isMending = false): MeetsSchema {
  const ajv = new Ajv2020({
    ...{ strict: false, logger: false, allErrors: false, addUsedSchema: false },
    ...(isMending && { coerceTypes: true, useDefaults: true }),
    formats: fastFormats,
    code: { regExp: linearExpression },
  });
  try {
    const validate: ValidateFunction = ajv.compile(schema);
    return (value) => validate(value) === true;
  } catch (error) {
    throw new CheckOptionError('schema', error instanceof Error ? error.message : 'cannot be compiled');
  }
}

/** `pattern` in a schema meets the texts of anybody: RE2 runs it, in linear time. */
function linearExpression(source: string): RegExp {
  const expression = RE2JS.compile(source);
  // Ajv keeps expressions by their text: two that say the same of themselves would be one.
  return { test: (text: string) => expression.matcher(text).find(), toString: () => `/${source}/` } as RegExp;
}
linearExpression.code = 'new RegExp';
