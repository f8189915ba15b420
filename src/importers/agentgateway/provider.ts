import type { DraftTarget } from '../add-chain.ts';
import { ownHost, readBaseUrl } from '../base-url.ts';
import { declareModel } from '../declare-model.ts';
import { type Access, type DeclaredProvider, declareProvider } from '../declare-provider.ts';
import { type Draft, note, shown } from '../draft.ts';
import { variableName } from '../names.ts';
import { type SecretRef, secretFrom, secretKept } from '../secret-source.ts';
import { type SourceNode, textAt, textOf } from '../source-node.ts';

/** agentgateway's names in lower case → names that all importers know. */
const TYPES: Readonly<Record<string, string>> = {
  openai: 'openai',
  azureopenai: 'azure',
  azure: 'azure',
  anthropic: 'anthropic',
  gemini: 'gemini',
  vertex: 'vertex_ai',
  vertexai: 'vertex_ai',
  bedrock: 'bedrock',
  ollama: 'ollama',
  custom: 'openai_like',
};

/** The provider `{openAI: {model}}` with its host and key, and the model it names. */
export interface NamedProvider {
  readonly provider: DeclaredProvider;
  readonly model: string | undefined;
}

/** Reads a provider written as the one key of a map. */
export function readProviderMap(draft: Draft, holder: SourceNode, auth: SourceNode | undefined): NamedProvider | null {
  const map = holder.get('provider');
  const text = textOf(map);
  const [name, config] =
    text === undefined
      ? (map?.fields().find(([key]) => Object.hasOwn(TYPES, key.toLowerCase())) ?? map?.fields()[0] ?? [])
      : [text, undefined];
  if (name === undefined) return null;
  const type = TYPES[name.toLowerCase()] ?? name.toLowerCase();
  const hostNode = holder.get('hostOverride') ?? map?.get('host') ?? holder.get('host');
  const port = textAt(map, 'port') ?? textAt(holder, 'port');
  const host = textOf(hostNode);
  const path = textAt(holder, 'pathOverride') ?? textAt(holder, 'pathPrefix') ?? textAt(map, 'path');
  const address = host === undefined ? undefined : addressOf(host, port, path);
  const access: Access = {
    type: address !== undefined && type === 'openai' ? 'openai_like' : type,
    ...(hostNode !== undefined && address !== undefined && { baseUrl: readBaseUrl(draft, hostNode, address) }),
    ...keyOf(draft, auth, (address === undefined ? null : ownHost(address)) ?? type),
    region: textAt(config, 'region'),
    project: textAt(config, 'projectId'),
    apiVersion: textAt(config, 'apiVersion'),
  };
  const endpoint = config?.get('endpoint') ?? config?.get('host');
  const endpointText = textOf(endpoint);
  const withEndpoint =
    endpoint !== undefined && endpointText !== undefined
      ? { ...access, baseUrl: readBaseUrl(draft, endpoint, endpointText) }
      : access;
  return { provider: declareProvider(draft, withEndpoint, holder), model: textAt(config, 'model') };
}

function addressOf(host: string, port: string | undefined, path: string | undefined): string {
  if (/^https?:/.test(host)) return host;
  const scheme =
    port === '443' || /:443$/.test(host) ? 'https' : port === undefined && !/:\d+$/.test(host) ? 'https' : 'http';
  return `${scheme}://${host}${port === undefined || port === '443' ? '' : `:${port}`}${path ?? '/v1'}`;
}

/** `backendAuth` or `auth`: a key, a Kubernetes secret, or what the caller sent. */
export function keyOf(
  draft: Draft,
  auth: SourceNode | undefined,
  type: string,
): { readonly secrets?: readonly SecretRef[]; readonly isKeyless?: boolean } {
  if (auth === undefined) return {};
  const variable = `${variableName(type)}_API_KEY`;
  const keyNode = auth.get('key');
  const inner = keyNode?.get('value') ?? keyNode;
  const fileNode = keyNode?.get('file');
  if (fileNode !== undefined && textOf(fileNode)?.startsWith('/')) {
    fileNode.take();
    return { secrets: [{ file: String(fileNode.value) }] };
  }
  if (textOf(inner) !== undefined) {
    const secret = secretFrom(draft, inner, variable);
    return secret === null ? {} : { secrets: [secret] };
  }
  const reference = auth.get('secretRef');
  if (reference !== undefined) {
    const name = textAt(reference, 'name') ?? 'secret';
    reference.take();
    return { secrets: [secretKept(draft, reference, `the Kubernetes Secret ${shown(name)}`, variable)] };
  }
  if (auth.get('passthrough') !== undefined) {
    auth.get('passthrough')?.take();
    note(
      draft,
      'differs',
      'secret',
      auth,
      'the caller’s own key goes on to the provider; here the gateway has a key',
      `Set ${variable}, or write \`auth: {kind: none}\`.`,
    );
  }
  return {};
}

/** A target for a provider and its model, or the model of the request. */
export function targetFor(draft: Draft, named: NamedProvider, label: string, node: SourceNode): DraftTarget {
  if (named.model !== undefined) return { label, model: declareModel(draft, named.provider, named.model, {}, node) };
  return { label, provider: named.provider.name };
}

/** The type as all importers know it. */
export function typeOf(name: string): string {
  return TYPES[name.toLowerCase()] ?? name.toLowerCase();
}
