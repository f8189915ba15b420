import { readFileSync } from 'node:fs';
import { missingSecret, targetsOf } from '#gateway';
import { createReach, type Reach } from '#network';
import type { Provider } from '#snapshot';
import { createSecrets, createUpstream, type Secrets, type Upstream } from '#upstream';
import { type Check, chosenSnapshot, type Installation } from '../installation.ts';
import { good, type Outcome } from '../outcome.ts';
import { NoAnswer, type Probed, probeUrl } from '../probe-url.ts';

/** Dialects whose models are listed, for nothing, below the base URL. */
const LISTS_MODELS: ReadonlySet<string> = new Set(['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini']);
const PLAIN_AUTH: ReadonlySet<string> = new Set(['bearer', 'header']);
/** The header `date` has whole seconds, and is made before it travels. */
const MOST_SKEW_MS = 5000;

/** Whether each provider of the environment's chains answers, takes its key where a free question tells, and has our time. */
export const checkProviders: Check = async (installation) => {
  const snapshot = chosenSnapshot(installation);
  if (snapshot === null || !installation.isOnline) return [];
  const { env, nowMs } = installation.call.terminal;
  const secrets = createSecrets({ env, readFile: (path) => readFileSync(path, 'utf8'), nowMs });
  const reach = createReach();
  reach.use(snapshot.project.privateHosts);
  const upstream = createUpstream({ secrets, reach, env, nowMs, draw: Math.random });
  const providers = new Map([...targetsOf(snapshot)].map(({ provider }) => [provider.name, provider]));
  try {
    const asked = [...providers.values()].filter(({ baseUrl }) => /^https?:/.test(baseUrl));
    return (
      await Promise.all(asked.map((each) => checkProvider(each, { installation, secrets, reach, upstream })))
    ).flat();
  } finally {
    await upstream.close();
  }
};

interface Means {
  readonly installation: Installation;
  readonly secrets: Secrets;
  readonly reach: Reach;
  readonly upstream: Upstream;
}

async function checkProvider(provider: Provider, means: Means): Promise<readonly Outcome[]> {
  const { installation, reach } = means;
  const { name, baseUrl } = provider;
  const where = `${name} (${new URL(baseUrl).host})`;
  const headers = await headersFor(provider, means);
  const url = headers === null ? new URL(baseUrl).origin : `${baseUrl}/models`;
  try {
    const probed = await probeUrl(url, {
      reach,
      signal: installation.signal,
      ...(headers === null ? {} : { headers }),
    });
    return [answered(where, probed, headers !== null), ...skewOf(where, probed, installation.call.terminal.nowMs())];
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    const hint = 'Check DNS, proxy and firewall of this machine, and the baseUrl of the Provider.';
    return [{ check: 'providers', status: 'warn', where, message: error.message, hint }];
  }
}

/** The headers of a free question with the provider's key; null where there is none, or no such question. */
async function headersFor(provider: Provider, { secrets, upstream }: Means): Promise<Record<string, string> | null> {
  const { auth, dialect, quirks, baseUrl } = provider;
  const isFree = LISTS_MODELS.has(dialect) && PLAIN_AUTH.has(auth.kind) && quirks.path === null;
  if (!isFree || missingSecret(secrets, provider) !== null) return null;
  const own = provider.headers.map(({ name, value }) => [
    name,
    typeof value === 'string' ? value : secrets.resolve(value),
  ]);
  const call = { url: `${baseUrl}/models`, contentType: 'application/json', body: '' };
  return {
    ...Object.fromEntries(own.filter(([, value]) => value !== null)),
    ...(await upstream.authorize(provider, call)),
  };
}

function answered(where: string, { status }: Probed, hasKey: boolean): Outcome {
  if (!hasKey) return good('providers', where, 'answers; no key was tried');
  if (status === 401 || status === 403) {
    const hint = 'Put a key that the provider knows where the policies look for it.';
    return { check: 'providers', status: 'warn', where, message: `the key is refused (${status})`, hint };
  }
  if (status >= 200 && status < 300) return good('providers', where, 'lists its models with the key');
  return good('providers', where, `answers ${status} to a list of models: the key was not judged`);
}

function skewOf(where: string, { nowMs: theirs }: Probed, nowMs: number): readonly Outcome[] {
  if (theirs === null || Math.abs(theirs - nowMs) <= MOST_SKEW_MS) return [];
  const seconds = Math.abs(Math.round((theirs - nowMs) / 1000));
  const message = `its clock is ${seconds} s ${theirs > nowMs ? 'ahead of' : 'behind'} ours`;
  return [
    {
      check: 'clock',
      status: 'warn',
      where,
      message,
      hint: 'Run NTP on this machine: signed calls to clouds fail otherwise.',
    },
  ];
}
