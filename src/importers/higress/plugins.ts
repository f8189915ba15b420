import { addNamed, type Draft, note, shown } from '../draft.ts';
import { addCheck, type DraftCheck } from '../guardrail-checks.ts';
import { numberAt, type SourceNode, textAt, textOf } from '../source-node.ts';
import { seconds } from '../time-spans.ts';
import { addProxy } from './ai-proxy.ts';
import type { Plugin } from './plugin.ts';
import { addTokenLimits } from './token-limits.ts';

/** Adds what a plug-in comes to. `extras` are fields that the routes of the providers get: the cache, guardrails, the prompt. */
export function addPlugin(draft: Draft, plugin: Plugin, extras: Record<string, unknown>, isOnly: boolean): void {
  const { name, config, scope } = plugin;
  switch (name) {
    case 'ai-proxy':
      addProxy(draft, plugin, extras, isOnly);
      return;
    case 'ai-cache':
      extras.cache = addCache(draft, config);
      break;
    case 'ai-data-masking': {
      const made = addMasking(draft, config);
      if (made !== null) extras.guardrails = [...((extras.guardrails as readonly string[] | undefined) ?? []), made];
      break;
    }
    case 'ai-prompt-decorator': {
      const prompt = promptOf(draft, config);
      if (prompt !== null) extras.prompt = prompt;
      break;
    }
    case 'ai-token-ratelimit':
      addTokenLimits(draft, config);
      break;
    case 'key-auth':
      addConsumers(draft, config);
      break;
    default:
      note(
        draft,
        'left-out',
        'plugin',
        config,
        `the plug-in ${shown(name === 'other' ? 'of this configuration' : name)} has no counterpart here`,
        ADVICE[name] ?? 'Keep what it does in the application, or see docs/import.md for what comes nearest.',
      );
      config.take();
  }
  if (scope.length > 0 && ['ai-cache', 'ai-data-masking', 'ai-prompt-decorator', 'ai-token-ratelimit'].includes(name)) {
    note(
      draft,
      'differs',
      'scope',
      config,
      `${name} holds for ${shown(scope.join(', '))} alone; here it holds for every imported route`,
      'Take it out of the routes that it is not for.',
    );
  }
}

const ADVICE: Readonly<Record<string, string>> = {
  'ai-statistics': 'Decision records and metrics carry tokens, cost and latency of every request.',
  'ai-quota': 'Write a Budget with `per: [consumer]` and a limit on tokens.',
  'ai-security-guard': 'Write a Guardrail with a `webhook` or `moderation` check.',
  'ai-history': 'Keep the history of a dialogue in the application.',
  'ai-load-balancer': 'Choose the `strategy` of the chain.',
};

function addCache(draft: Draft, config: SourceNode): string {
  const cache = config.get('cache') ?? config;
  const ttl = seconds(numberAt(cache, 'cacheTTL') ?? numberAt(config, 'cacheTTL'));
  const threshold = numberAt(config.get('vector'), 'threshold') ?? numberAt(config, 'threshold');
  const isSemantic = config.get('embedding') !== undefined || config.get('vector') !== undefined;
  note(
    draft,
    'differs',
    'cache-scope',
    config,
    `Higress asks by the last question alone and gives a kept answer to everyone; here the whole request counts, and each consumer has answers of its own${ttl === undefined ? ', kept for an hour' : ''}`,
    'Share across consumers with a `share` block, which names a reason and who approved it.',
  );
  if (isSemantic)
    note(
      draft,
      'differs',
      'cache-semantic',
      config,
      'vectors come from another model and another store; hits are only counted at first',
      'Look at the hits before `shadow: false`.',
    );
  config.take();
  return addNamed(
    draft,
    'Cache',
    'answers',
    {
      description: 'The cache of the former gateway',
      spec: {
        mode: isSemantic ? 'semantic' : 'exact',
        ttl: ttl ?? '1h',
        partition: ['consumer'],
        // What looks alike may still ask for another tool or show another picture.
        ...(isSemantic && { maxTemperature: 1, neverWhen: { hasTools: true, hasImages: true } }),
        ...(isSemantic && {
          semantic: {
            embedder: 'openai/text-embedding-3-small',
            ...(threshold !== undefined && threshold > 0 && threshold <= 1 && { threshold }),
            shadow: true,
          },
        }),
      },
    },
    config,
  );
}

/** Grok words of ai-data-masking that a built-in check finds. */
const GROK: readonly (readonly [RegExp, string])[] = [
  [/EMAIL/, 'email-address'],
  [/%\{(?:IP|IPV4|IPV6)\b/, 'ip-address'],
  [/MOBILE|PHONE/, 'phone-number'],
  [/BANKCARD|CREDITCARD/, 'credit-card'],
  [/^sk-/, 'secret-key'],
];

function addMasking(draft: Draft, config: SourceNode): string | null {
  const checks: DraftCheck[] = [];
  const words = (config.get('deny_words')?.items() ?? []).flatMap((each) => textOf(each) ?? []);
  if (words.length > 0) addCheck(checks, { check: 'deny-words', action: 'block', words });
  for (const role of config.get('replace_roles')?.items() ?? []) {
    const regex = textAt(role, 'regex') ?? '';
    const check = GROK.find(([pattern]) => pattern.test(regex))?.[1];
    const restore = role.get('restore')?.value === true;
    const isGrok = /%\{/.test(regex);
    const base = { action: 'mask', ...(restore && { restore }) } as const;
    if (check !== undefined) addCheck(checks, { check, ...base });
    else if (!isGrok && regex !== '') addCheck(checks, { check: 'pattern', pattern: regex, ...base }, draft, role);
    else
      note(
        draft,
        'left-out',
        'guardrail',
        role,
        `no check finds ${shown(regex)} here`,
        'Write it as a `pattern` in RE2’s syntax.',
      );
    note(
      draft,
      'differs',
      'guardrail-mask',
      role,
      'the text put in the place of a finding is the check’s own',
      'Nothing, unless the application reads it.',
    );
    role.take();
  }
  if (config.get('system_deny')?.value === true)
    note(
      draft,
      'left-out',
      'guardrail',
      config.get('system_deny') ?? config,
      'the word list that Higress brings along',
      'Add its words to `deny-words`.',
    );
  note(
    draft,
    'differs',
    'guardrail',
    config,
    'a refused request is answered with an error of the caller’s dialect, not with the message and status of the file',
    'Nothing, unless the application reads the message.',
  );
  config.take();
  return checks.length === 0
    ? null
    : addNamed(
        draft,
        'Guardrail',
        'data-masking',
        { description: 'The data masking of the former gateway', spec: { checks } },
        config,
      );
}

function promptOf(draft: Draft, config: SourceNode): Readonly<Record<string, string>> | null {
  const texts = (key: string): string | undefined => {
    const parts = (config.get(key)?.items() ?? []).flatMap((each) => {
      const content = textAt(each, 'content');
      if (textAt(each, 'role') === 'system' && content !== undefined && !/\$\{/.test(content)) return [content];
      note(
        draft,
        'left-out',
        'prompt',
        each,
        'a message that is no instruction, or holds a place of the caller',
        'Add it in the application.',
      );
      each.take();
      return [];
    });
    return parts.length === 0 ? undefined : parts.join('\n');
  };
  const prepend = texts('prepend');
  const append = texts('append');
  if (prepend === undefined && append === undefined) return null;
  return { ...(prepend && { prepend }), ...(append && { append }) };
}

function addConsumers(draft: Draft, config: SourceNode): void {
  for (const each of config.get('consumers')?.items() ?? []) {
    const name = textAt(each, 'name');
    if (name === undefined) continue;
    const made = addNamed(
      draft,
      'Consumer',
      name,
      { description: `The consumer ${name} of the former gateway`, spec: {} },
      each,
    );
    each.take();
    note(
      draft,
      'needs-you',
      'keys',
      each,
      `the key of ${shown(name)} was not copied; consumers have keys of this gateway’s own form`,
      `Make one with \`signalbox keys create ${made}\`.`,
    );
  }
  config.take();
}
