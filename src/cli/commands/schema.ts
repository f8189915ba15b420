import { KINDS, SCHEMAS, SHARED_SCHEMA, suggest } from '#policy';
import { UsageError } from '../usage-error.ts';
import type { ExitCode, Verb, VerbCall } from '../verb.ts';

/** `signalbox schema [KIND]`: the JSON Schema of one kind, or of all by kind with the forms they share. */
export const schema: Verb = {
  configure(command) {
    command.argument('[kind]', 'document kind, such as Chain; without it all schemas are printed');
  },
  run: printSchema,
};

async function printSchema({ args, terminal }: VerbCall): Promise<ExitCode> {
  const [kind] = args;
  const schemas = kind === undefined ? { shared: SHARED_SCHEMA, ...SCHEMAS } : schemaOf(kind);
  terminal.out(`${JSON.stringify(schemas, null, 2)}\n`);
  return 0;
}

/** Kinds are looked up as written, then whatever the case, so that `schema chain` works too. */
function schemaOf(kind: string): unknown {
  const name = KINDS.find((known) => known.toLowerCase() === kind.toLowerCase().replaceAll('-', ''));
  if (name !== undefined) return SCHEMAS[name];
  const meant = suggest(kind, KINDS);
  throw new UsageError(
    `there is no kind ${JSON.stringify(kind)}`,
    meant === undefined ? `Kinds are ${KINDS.join(', ')}.` : `Did you mean ${meant}?`,
  );
}
