import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';

/**
 * The schema of the standard, as SchemaStore publishes it and `@microsoft/jest-sarif` 1.0.0-beta.0 ships it (sarif-2.1.0-rtm.5). It is of draft 4, of which it uses nothing that
 * later drafts read otherwise, except for the names of its own address.
 */
const {
  $schema: _,
  id: __,
  ...schema
} = JSON.parse(gunzipSync(readFileSync(join(import.meta.dirname, 'sarif-2.1.0.schema.json.gz'))).toString());

const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
addFormats.default(ajv);
const validate = ajv.compile(schema);

/** What of a log is not SARIF 2.1.0; empty for a valid one. */
export function sarifProblems(log: unknown): readonly string[] {
  return validate(log)
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath}: ${message ?? ''}`);
}
