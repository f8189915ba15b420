import { readFile, stat } from 'node:fs/promises';
import { UsageError } from '../usage-error.ts';
import type { CheckReport } from './check-report.ts';

/** A report is a few hundred kB at most. */
const MAX_BYTES = 20 * 1024 * 1024;

/** Reads what `signalbox check` wrote. It may come from the code of a stranger, so that nothing in it is believed before the schema holds. Throws `UsageError`. */
export async function readCheckReport(file: string): Promise<CheckReport> {
  const size = (await stat(file).catch(() => null))?.size;
  if (size === undefined)
    throw new UsageError(`${file} cannot be read`, 'signalbox check --out DIR writes DIR/check.json.');
  if (size > MAX_BYTES) throw new UsageError(`${file} is larger than any report`, null);
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`${file} is no JSON`, null, { cause: error });
  }
  const problem = await shapeProblem(value);
  if (problem !== null) throw new UsageError(`${file} is no report of signalbox check: ${problem}`, null);
  return value as CheckReport;
}

/** The first place where a value is no report; null when it is one. Only a comment needs this, so that the validator is loaded here. */
async function shapeProblem(value: unknown): Promise<string | null> {
  const { Ajv2020 } = await import('ajv/dist/2020.js');
  const schemas = await Promise.all([
    import('../../../schemas/check-report.schema.json', { with: { type: 'json' } }),
    import('../../../schemas/dry-run-report.schema.json', { with: { type: 'json' } }),
    import('../../../schemas/diff-report.schema.json', { with: { type: 'json' } }),
    import('../../../schemas/test-report.schema.json', { with: { type: 'json' } }),
  ]);
  const ajv = new Ajv2020({ strict: false });
  for (const { default: schema } of schemas) ajv.addSchema(schema);
  const isReport = ajv.getSchema('check-report.schema.json');
  if (isReport === undefined || isReport(value)) return null;
  const [first] = isReport.errors ?? [];
  return first === undefined ? 'unknown reason' : `${first.instancePath || '/'} ${first.message ?? 'is wrong'}`;
}
