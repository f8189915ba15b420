import { asObject } from '#core';
import { callAdmin } from '../call-admin.ts';
import { textOption } from '../options.ts';
import { safeText } from '../report/safe-text.ts';
import { UsageError } from '../usage-error.ts';
import type { ExitCode, VerbCall } from '../verb.ts';

const FIELDS = ['cache', 'route', 'consumer', 'tag', 'key'] as const;

/** `signalbox cache purge`: a running gateway throws kept answers away; all that every given option fits. */
export async function purgeVerb(call: VerbCall): Promise<ExitCode> {
  const { options, terminal } = call;
  const query = Object.fromEntries(
    FIELDS.flatMap((name) => (textOption(options[name]) ? [[name, options[name]]] : [])),
  );
  const isAll = options.all === true;
  if (Object.keys(query).length === 0 && !isAll) {
    throw new UsageError(
      'cache purge names nothing',
      'Name --route, --consumer, --tag, --cache or --key, or say --all.',
    );
  }
  const { status, body } = await callAdmin(call, 'POST', '/admin/cache/purge', isAll ? { ...query, all: true } : query);
  const { purged, error } = asObject(body);
  if (status !== 200) {
    throw new UsageError(`the gateway answered ${status}: ${safeText(String(asObject(error).message ?? ''))}`);
  }
  terminal.out(`${Number(purged)} ${purged === 1 ? 'answer' : 'answers'} thrown away\n`);
  return 0;
}
