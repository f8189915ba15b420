import { addNamed, type Draft, note, shown } from '../draft.ts';
import { addCheck, type DraftCheck } from '../guardrail-checks.ts';
import { type SourceNode, textAt } from '../source-node.ts';

/** Checks written into the config itself, where one of ours does the same; those kept in Portkey's cloud are reported. */
export function addGuardrails(draft: Draft, root: SourceNode): readonly string[] {
  const made: string[] = [];
  for (const [key, stage] of [
    ['before_request_hooks', 'input'],
    ['after_request_hooks', 'output'],
    ['input_guardrails', 'input'],
    ['output_guardrails', 'output'],
  ] as const) {
    for (const hook of root.get(key)?.items() ?? []) {
      const checks: DraftCheck[] = [];
      for (const check of hook.get('checks')?.items() ?? []) readCheck(draft, check, checks);
      for (const [id, parameters] of key.endsWith('guardrails') ? hook.fields() : [])
        readPlain(draft, id, parameters, checks, hook);
      if (checks.length === 0) {
        note(
          draft,
          'left-out',
          'guardrail',
          hook,
          'the guardrail is kept in Portkey’s cloud or is one of its plug-ins',
          'Write a Guardrail document, or offer the service as a `webhook` check.',
        );
        hook.take();
        continue;
      }
      for (const field of ['id', 'type', 'deny', 'async', 'on_success', 'on_fail', 'credentials'])
        hook.get(field)?.take();
      if (hook.get('async')?.value === true || hook.get('deny')?.value === false) {
        note(
          draft,
          'differs',
          'guardrail',
          hook,
          'Portkey lets the request through and only notes the verdict; the checks flag',
          'Change `action` to block where a finding should refuse.',
        );
        for (const [at, each] of checks.entries()) checks[at] = { ...each, action: 'flag' };
      }
      made.push(
        addNamed(
          draft,
          'Guardrail',
          textAt(hook, 'id') ?? `${stage}-checks`,
          { description: 'Checks of the Portkey config', spec: { stage: [stage], checks } },
          hook,
        ),
      );
    }
  }
  return made;
}

function readCheck(draft: Draft, node: SourceNode, checks: DraftCheck[]): void {
  readPlain(draft, textAt(node, 'id') ?? '', node.get('parameters'), checks, node);
}

function readPlain(
  draft: Draft,
  id: string,
  parameters: SourceNode | undefined,
  checks: DraftCheck[],
  node: SourceNode,
): void {
  const name = id.replace(/^default\./, '');
  const rule = textAt(parameters, 'rule');
  const words =
    parameters
      ?.get('words')
      ?.items()
      .flatMap((each) => (typeof each.value === 'string' && each.value.trim() !== '' ? [each.value] : [])) ?? [];
  const schema = parameters?.get('schema')?.value;
  if (name === 'regexMatch' && rule !== undefined)
    addCheck(checks, { check: 'pattern', action: 'block', pattern: rule }, draft, node);
  else if (name === 'contains' && words.length > 0) addCheck(checks, { check: 'deny-words', action: 'block', words });
  else if (name === 'jsonSchema' && typeof schema === 'object' && schema !== null)
    addCheck(checks, { check: 'json-schema', action: 'block', schema });
  else if (id !== '' && id !== 'deny' && id !== 'async' && id !== 'id')
    note(
      draft,
      'left-out',
      'guardrail',
      node,
      `no built-in check does what ${shown(id)} does`,
      'See docs/kinds/guardrail.md for the checks there are.',
    );
  parameters?.take();
}
