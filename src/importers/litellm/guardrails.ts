import type { JsonObject } from '#core';
import { addNamed, type Draft, note, shown } from '../draft.ts';
import { addCheck, type DraftCheck } from '../guardrail-checks.ts';
import { isTrueAt, type SourceNode, textAt, textOf, textsAt } from '../source-node.ts';

/** Guardrails as documents of their own; returns those that run on every request. */
export function addGuardrails(draft: Draft, root: SourceNode, settings: SourceNode | undefined): readonly string[] {
  const lists = [root.get('guardrails'), settings?.get('guardrails')];
  const entries = lists.flatMap((list) => list?.items() ?? []);
  return entries.flatMap((node) => addGuardrail(draft, node) ?? []);
}

function addGuardrail(draft: Draft, node: SourceNode): string | null {
  const params = node.get('litellm_params');
  const name = textAt(node, 'guardrail_name');
  const kind = textAt(params, 'guardrail');
  if (name === undefined || kind === undefined || params === undefined) return null;
  const checks = checksOf(draft, kind, params);
  if (checks.length === 0) {
    note(
      draft,
      'left-out',
      'guardrail',
      node,
      `the guardrail ${shown(name)} is a service or a class of LiteLLM (${shown(kind)})`,
      'Offer it as a `webhook` check, or see docs/kinds/guardrail.md for built-in checks.',
    );
    node.take();
    return null;
  }
  const modes = textsAt(params, 'mode');
  if (modes.includes('logging_only')) {
    note(
      draft,
      'left-out',
      'guardrail',
      node,
      `the guardrail ${shown(name)} only masks logs; no text of a request is logged here`,
      'Nothing.',
    );
    node.take();
    return null;
  }
  const stage = [
    ...(modes.some((mode) => /pre|during/.test(mode)) ? ['input'] : []),
    ...(modes.some((mode) => /post/.test(mode)) ? ['output'] : []),
  ];
  if (modes.some((mode) => /during/.test(mode))) {
    note(
      draft,
      'differs',
      'guardrail-stage',
      node,
      'a check beside the call became one before it',
      'Nothing, unless the few milliseconds matter.',
    );
  }
  const isDefault = isTrueAt(params, 'default_on');
  const made = addNamed(
    draft,
    'Guardrail',
    name,
    { description: `The guardrail ${name}`, spec: { ...(stage.length > 0 && { stage }), checks } },
    node,
  );
  if (isDefault) return made;
  note(
    draft,
    'needs-you',
    'guardrail',
    node,
    `LiteLLM runs ${shown(name)} for the requests or keys that ask for it; no route names it yet`,
    'Name it in `guardrails` of the routes it is for.',
  );
  return null;
}

const ENTITIES: Readonly<Record<string, string>> = {
  CREDIT_CARD: 'credit-card',
  EMAIL_ADDRESS: 'email-address',
  PHONE_NUMBER: 'phone-number',
  IBAN_CODE: 'iban',
  US_SSN: 'us-ssn',
  IP_ADDRESS: 'ip-address',
};
const PATTERNS: Readonly<Record<string, string>> = {
  us_ssn: 'us-ssn',
  email: 'email-address',
  credit_card: 'credit-card',
  visa: 'credit-card',
  mastercard: 'credit-card',
  us_phone: 'phone-number',
  phone: 'phone-number',
  iban: 'iban',
  ipv4: 'ip-address',
  ipv6: 'ip-address',
  aws_access_key: 'secret-key',
  github_token: 'secret-key',
};

function checksOf(draft: Draft, kind: string, params: SourceNode): readonly JsonObject[] {
  const checks: DraftCheck[] = [];
  if (kind === 'presidio') {
    for (const [entity, action] of params.get('pii_entities_config')?.fields() ?? []) {
      const check = ENTITIES[entity];
      if (check === undefined)
        note(
          draft,
          'left-out',
          'guardrail',
          action,
          `no check finds ${shown(entity)} here`,
          'Add a `pattern` or `deny-words` check.',
        );
      else addCheck(checks, { check, action: actionOf(textOf(action)) });
    }
    if (params.get('pii_entities_config') === undefined) {
      for (const check of Object.values(ENTITIES)) addCheck(checks, { check, action: 'mask' });
      note(
        draft,
        'differs',
        'guardrail',
        params,
        'Presidio finds more than the built-in checks, such as names of people',
        'See docs/kinds/guardrail.md for what is found.',
      );
    }
    const isRestoring = isTrueAt(params, 'output_parse_pii');
    for (const key of [
      'presidio_language',
      'presidio_filter_scope',
      'presidio_score_thresholds',
      'presidio_ad_hoc_recognizers',
      'presidio_analyzer_api_base',
      'presidio_anonymizer_api_base',
    ])
      params.get(key)?.take();
    return checks.map((check) => (isRestoring && check.action === 'mask' ? { ...check, restore: true } : { ...check }));
  }
  if (kind === 'hide-secrets' || kind === 'hide_secrets') addCheck(checks, { check: 'secret-key', action: 'mask' });
  if (kind === 'openai_moderation') addCheck(checks, { check: 'moderation', action: 'block' });
  if (kind === 'litellm_content_filter') {
    for (const pattern of params.get('patterns')?.items() ?? []) {
      const action = actionOf(textAt(pattern, 'action'));
      const name = textAt(pattern, 'pattern_name');
      const regex = textAt(pattern, 'pattern');
      const check = PATTERNS[name ?? ''];
      if (check !== undefined) addCheck(checks, { check, action });
      else if (regex !== undefined) addCheck(checks, { check: 'pattern', action, pattern: regex }, draft, pattern);
      else
        note(
          draft,
          'left-out',
          'guardrail',
          pattern,
          `no check of the name ${shown(name ?? '')} is built in`,
          'Write it as a `pattern` check.',
        );
      pattern.get('pattern_type')?.take();
    }
    const words = new Map<string, string[]>();
    for (const word of params.get('blocked_words')?.items() ?? []) {
      const keyword = textAt(word, 'keyword');
      if (keyword === undefined) continue;
      const action = actionOf(textAt(word, 'action'));
      words.set(action, [...(words.get(action) ?? []), keyword]);
      word.get('description')?.take();
    }
    for (const [action, list] of words)
      addCheck(checks, { check: 'deny-words', action: action as DraftCheck['action'], words: list });
  }
  return checks.map((check) => ({ ...check }));
}

function actionOf(text: string | undefined): DraftCheck['action'] {
  return text !== undefined && /mask/i.test(text) ? 'mask' : 'block';
}
