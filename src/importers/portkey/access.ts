import { ownHost, readBaseUrl } from '../base-url.ts';
import type { Access } from '../declare-provider.ts';
import { type Draft, note } from '../draft.ts';
import { CATALOGUE_NAMES, CLOUD_NAMES, KNOWN_HOSTS } from '../foreign-providers.ts';
import { variableName } from '../names.ts';
import { type SecretRef, secretFrom, secretKept, variableOf } from '../secret-source.ts';
import { type SourceNode, textAt, textOf } from '../source-node.ts';
import type { PortkeyReader } from './reader.ts';

/** How a target reaches its provider, and the model it names. */
export interface PortkeyAccess {
  readonly access: Access;
  readonly model: string | undefined;
}

/** Reads `provider` (a type, or `@slug` of Portkey's catalogue), `virtual_key`, keys and hosts; a model may begin with `@slug/`. */
export function accessOf({ draft, slugs }: PortkeyReader, node: SourceNode, wanted: string | undefined): PortkeyAccess {
  const inModel = wanted === undefined ? null : /^@([^/]+)\/(.+)$/.exec(wanted);
  const model = inModel?.[2] ?? wanted;
  const providerNode = node.get('provider');
  const virtualNode = node.get('virtual_key');
  const text = textOf(virtualNode) ?? textOf(providerNode) ?? (inModel === null ? undefined : `@${inModel[1]}`);
  const isKept = virtualNode !== undefined || text?.startsWith('@') === true;
  const slug = text?.replace(/^@/, '');
  const type =
    (isKept ? guessType(draft, slug ?? '', model) : slug?.toLowerCase()) ??
    guessType(draft, slug ?? '', model) ??
    slug ??
    '';
  const place = virtualNode ?? providerNode ?? node;
  const hostNode = node.get('custom_host');
  const host = textOf(hostNode);
  const resource = textAt(node, 'resource_name') ?? textAt(node, 'azure_resource_name');
  const deployment = textAt(node, 'deployment_id') ?? textAt(node, 'azure_deployment_id');
  const keyNode = node.get('api_key') ?? node.get('aws_secret_access_key');
  const key = secretFrom(
    draft,
    keyNode,
    `${variableName((host === undefined ? null : ownHost(host)) ?? (type || 'provider'))}_API_KEY`,
  );
  const kept = key === null && isKept && slug !== undefined ? keptKey(draft, slugs, type, slug, place) : null;
  const secret: SecretRef | null = key ?? kept;
  const keyId = secretFrom(draft, node.get('aws_access_key_id'), 'AWS_ACCESS_KEY_ID');
  return {
    model: deployment ?? model,
    access: {
      type,
      ...(host !== undefined && hostNode !== undefined && { baseUrl: readBaseUrl(draft, hostNode, host) }),
      ...(host === undefined &&
        resource !== undefined &&
        variableOf(resource) === null && { baseUrl: `https://${resource.replace(/[^\w-]/g, '')}.openai.azure.com` }),
      ...(secret !== null && { secrets: [secret] }),
      ...(keyId !== null && { accessKeyId: keyId }),
      apiVersion: textAt(node, 'api_version') ?? textAt(node, 'azure_api_version'),
      region: textAt(node, 'aws_region') ?? textAt(node, 'vertex_region'),
      project: textAt(node, 'vertex_project_id'),
      ...(isKept && slug !== undefined && !isKnown(type) && { hint: slug }),
    },
  };
}

/** The first slug of a provider has the provider's own variable; the others have one that is named after them. */
function keptKey(
  draft: Draft,
  slugs: Map<string, string>,
  type: string,
  slug: string,
  place: SourceNode,
): SecretRef | null {
  const first = slugs.get(type);
  if (first === undefined) slugs.set(type, slug);
  if (first === undefined || first === slug) {
    note(
      draft,
      'needs-you',
      'secret',
      place,
      'the key is in Portkey’s vault; here it is the provider’s own variable',
      'Set the variable of the provider, such as OPENAI_API_KEY.',
    );
    return null;
  }
  return secretKept(draft, place, 'Portkey’s vault', `${variableName(slug)}_API_KEY`);
}

function isKnown(type: string): boolean {
  return Object.hasOwn(CATALOGUE_NAMES, type) || Object.hasOwn(CLOUD_NAMES, type) || KNOWN_HOSTS.has(type);
}

/** The provider that a slug such as `openai-prod` speaks of, else the one that has the model. */
function guessType(draft: Draft, slug: string, model: string | undefined): string | undefined {
  const words = `-${slug.toLowerCase().replace(/[^a-z0-9]+/g, '-')}-`;
  const names = [...Object.keys(CLOUD_NAMES), ...Object.keys(CATALOGUE_NAMES), ...KNOWN_HOSTS.keys()].sort(
    (a, b) => b.length - a.length,
  );
  const named = names.find((name) => words.includes(`-${name.replace(/[^a-z0-9]+/g, '-')}-`));
  if (named !== undefined) return Object.hasOwn(CLOUD_NAMES, named) && /azure/.test(named) ? 'azure-openai' : named;
  if (model === undefined) return undefined;
  if (/^claude/.test(model)) return 'anthropic';
  if (/^(?:gpt|o\d|chatgpt)/.test(model)) return 'openai';
  if (/^gemini/.test(model)) return 'google';
  for (const each of draft.models.values()) if (each.spec.upstreamName === model) return each.spec.provider;
  return undefined;
}
