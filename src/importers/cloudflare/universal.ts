import { addChain, type DraftTarget, EVERY_FAILURE, retries } from '../add-chain.ts';
import { addNamed, type Draft, note } from '../draft.ts';
import { isRequestParam } from '../request-params.ts';
import { numberAt, type SourceNode, textAt } from '../source-node.ts';
import { milliseconds, seconds } from '../time-spans.ts';
import { stepModel, stepProvider } from './step-access.ts';

/** The array of the universal endpoint: its steps become one fallback chain. */
export function addUniversal(draft: Draft, root: SourceNode, steps: readonly SourceNode[]): void {
  const targets = steps.flatMap((step) => targetOf(draft, step) ?? []);
  if (targets.length === 0) return;
  note(
    draft,
    'differs',
    'fallback-on',
    root,
    'Cloudflare goes on to the next step on every failure, a wrong key (401) and a refused request (400) included; the chain says so',
    'Take `invalid-request` and `content-filter` out of `fallbackOn` where a bad request should fail at once.',
  );
  if (targets.length > 1)
    note(
      draft,
      'differs',
      'step-header',
      root,
      'the header cf-aig-step names the step that answered; here x-signalbox-target names the target',
      'Change whoever reads that header.',
    );
  const chain = addChain(
    draft,
    'universal',
    {
      description: 'The steps of the universal endpoint',
      targets,
      fallbackOn: EVERY_FAILURE,
      maxAttempts: targets.reduce((sum, { retry }) => sum + 1 + Number(retry?.max ?? 0), 0),
    },
    root,
  );
  const cache = cacheOf(draft, steps);
  addNamed(
    draft,
    'Route',
    'default',
    {
      description: 'Whatever the universal endpoint answered',
      spec: { match: {}, chain, ...(cache !== null && { cache }) },
    },
    root,
  );
}

function targetOf(draft: Draft, step: SourceNode): DraftTarget | null {
  const type = textAt(step, 'provider');
  if (type === undefined) {
    note(draft, 'left-out', 'step', step, 'a step without a provider', 'Name its provider, or remove it.');
    step.take();
    return null;
  }
  const provider = stepProvider(draft, step, type);
  const model = stepModel(draft, provider, step);
  const query = step.get('query');
  for (const key of ['messages', 'prompt', 'input', 'contents', 'stream', 'tools', 'inputs', 'system'])
    query?.get(key)?.take();
  const params = (query?.fields() ?? []).filter(([key, each]) => isRequestParam(key) && each.value !== null);
  const config = step.get('config');
  const timeout = milliseconds(numberAt(config, 'requestTimeout') ?? numberAt(config, 'request_timeout'));
  const attempts = numberAt(config, 'maxAttempts') ?? numberAt(config, 'max_attempts');
  const delay = milliseconds(numberAt(config, 'retryDelay') ?? numberAt(config, 'retry_delay'));
  const backoff = textAt(config, 'backoff');
  if (attempts !== undefined && config !== undefined) {
    note(
      draft,
      'differs',
      'retry',
      config,
      `maxAttempts counts the first attempt: ${attempts} became ${Math.max(0, attempts - 1)} retries; the delay counts milliseconds and gets jitter`,
      'Look at `retry` of the target.',
    );
  }
  if (timeout !== undefined && config !== undefined) {
    note(
      draft,
      'differs',
      'timeout',
      config,
      `requestTimeout counts milliseconds until the first part of the answer: it became ${timeout} for \`firstToken\``,
      'Set `total` as well where a stream must not run longer.',
    );
  }
  const retry =
    attempts === undefined
      ? undefined
      : retries(attempts - 1, {
          ...(delay && { initial: delay }),
          ...(backoff !== undefined && { factor: backoff === 'exponential' ? 2 : 1 }),
        });
  return {
    label: model ?? type,
    ...(model === null ? { provider: provider.name } : { model }),
    ...(params.length > 0 && { params: Object.fromEntries(params.map(([key, each]) => [key, each.take()])) }),
    ...(timeout && { timeouts: { firstToken: timeout } }),
    ...(retry && { retry }),
  };
}

function cacheOf(draft: Draft, steps: readonly SourceNode[]): string | null {
  const step = steps.find((each) => numberAt(each.get('config'), 'cacheTtl') !== undefined);
  const node = step?.get('config')?.get('cacheTtl');
  const ttl = seconds(numberAt(step?.get('config'), 'cacheTtl'));
  if (node === undefined || ttl === undefined) return null;
  for (const each of steps) each.get('config')?.get('skipCache')?.take();
  note(
    draft,
    'differs',
    'cache-scope',
    node,
    `cacheTtl counts seconds: it became ${ttl}; Cloudflare gives a kept answer to everyone, here each consumer has answers of its own`,
    'Share across consumers with a `share` block, which names a reason and who approved it.',
  );
  return addNamed(
    draft,
    'Cache',
    'answers',
    { description: 'The cache of the universal endpoint', spec: { mode: 'exact', ttl, partition: ['consumer'] } },
    node,
  );
}
