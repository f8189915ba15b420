import { isObject } from '#core';
import { declareModel } from '../declare-model.ts';
import { type DeclaredProvider, declareProvider } from '../declare-provider.ts';
import { type Draft, note, shown } from '../draft.ts';
import { variableName } from '../names.ts';
import { secretFrom } from '../secret-source.ts';
import { type SourceNode, textAt, textOf } from '../source-node.ts';

/** The provider of a step, with the key that its headers hold as a reference. */
export function stepProvider(draft: Draft, step: SourceNode, type: string): DeclaredProvider {
  const headers = step.get('headers');
  const fields = headers?.fields() ?? [];
  const keyNode = fields.find(([name]) =>
    /^(?:authorization|x-api-key|api-key|x-goog-api-key|cf-aig-authorization)$/i.test(name),
  )?.[1];
  for (const [name, value] of fields) if (/^(?:content-type|accept|user-agent)$/i.test(name)) value.take();
  const text = textOf(keyNode)?.replace(/^bearer\s+/i, '');
  const isPlaceholder = text !== undefined && /^(?:<.*>|\{+[^}]*\}+|\$?\{.*\}|\.{3}|x+)$/i.test(text);
  keyNode?.take();
  const secret =
    keyNode === undefined || isPlaceholder ? null : secretFrom(draft, keyNode, `${variableName(type)}_API_KEY`);
  const lower = type.toLowerCase();
  if (lower === 'workers-ai' || lower === 'workers_ai') {
    note(
      draft,
      'needs-you',
      'base-url',
      step,
      'Workers AI has the account in its address',
      'Write `baseUrl: https://api.cloudflare.com/client/v4/accounts/ACCOUNT/ai/v1` into its document.',
    );
    return declareProvider(
      draft,
      { type: 'workers-ai', hint: 'workers-ai', baseUrl: null, secrets: [secret ?? { env: 'CLOUDFLARE_API_TOKEN' }] },
      step,
    );
  }
  return declareProvider(draft, { type, ...(secret !== null && { secrets: [secret] }) }, step);
}

/** The model of a step: in its body, else in its endpoint. */
export function stepModel(draft: Draft, provider: DeclaredProvider, step: SourceNode): string | null {
  const query = step.get('query');
  const endpoint = textAt(step, 'endpoint') ?? '';
  const named = (isObject(query?.value) ? textAt(query, 'model') : undefined) ?? modelIn(endpoint);
  if (named === undefined) {
    note(
      draft,
      'differs',
      'model',
      step,
      `no model is named: the one that a request asks for is sent to ${shown(provider.name)}`,
      'Name a model where the requested one is not offered there.',
    );
    return null;
  }
  return declareModel(draft, provider, named, {}, step);
}

function modelIn(endpoint: string): string | undefined {
  return (
    /(?:^|\/)(?:models|deployments|model)\/([^/:?]+)/.exec(endpoint)?.[1] ??
    (/^@?(?:cf|hf)\//.test(endpoint) ? endpoint : undefined)
  );
}
