import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const schemas = join(import.meta.dirname, '../../schemas');

/** The text forms that the two kinds of document use; what the policy compiler accepts is never narrower. */
const formats: Readonly<Record<string, RegExp>> = {
  'signalbox-duration': /^\d+(ms|s|m|h|d|w)$/,
  'signalbox-decimal': /^\d+(\.\d{1,6})?$/,
};

/** Compiles the schema of a kind into a function that lists what is wrong with a document; no entry when it is valid. */
export function validatorFor(kind: 'provider' | 'model'): (document: unknown) => readonly string[] {
  const ajv = new Ajv2020({ allErrors: true, strict: false });
  addFormats.default(ajv);
  const definitions = readFileSync(join(schemas, 'defs.schema.json'), 'utf8');
  for (const name of new Set(definitions.match(/signalbox-[a-z0-9-]+/g))) ajv.addFormat(name, formats[name] ?? /^/);
  ajv.addSchema(JSON.parse(definitions));
  const validate = ajv.compile(JSON.parse(readFileSync(join(schemas, `${kind}.schema.json`), 'utf8')));
  return (document) =>
    validate(document) ? [] : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}
