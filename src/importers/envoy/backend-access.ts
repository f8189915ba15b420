import { readBaseUrl } from '../base-url.ts';
import { type DeclaredProvider, declareProvider } from '../declare-provider.ts';
import { type Draft, note, shown } from '../draft.ts';
import { variableName } from '../names.ts';
import { type SecretRef, secretKept } from '../secret-source.ts';
import { type SourceNode, textAt } from '../source-node.ts';
import type { Resource, Resources } from './resources.ts';

/** `schema.name` → the provider whose form it is; `host` tells which of them. */
const SCHEMAS: Readonly<Record<string, string>> = {
  OpenAI: 'openai',
  AzureOpenAI: 'azure',
  Anthropic: 'anthropic',
  AWSBedrock: 'bedrock',
  GCPVertexAI: 'vertex_ai',
  Cohere: 'cohere',
};
const HOSTS: readonly (readonly [host: RegExp, type: string])[] = [
  [/api\.groq\.com/, 'groq'],
  [/api\.mistral\.ai/, 'mistral'],
  [/api\.deepseek\.com/, 'deepseek'],
  [/api\.together\.xyz/, 'together'],
  [/api\.x\.ai/, 'xai'],
  [/openrouter\.ai/, 'openrouter'],
  [/fireworks\.ai/, 'fireworks'],
  [/generativelanguage/, 'google'],
  [/cohere/, 'cohere'],
];

/** The provider of an AIServiceBackend, with its host and its key; null when its form is not spoken here. */
export function backendProvider(
  draft: Draft,
  resources: Resources,
  name: string,
  at: SourceNode,
): DeclaredProvider | null {
  const service = resources.find('AIServiceBackend', name);
  if (service === undefined) {
    note(
      draft,
      'left-out',
      'backend',
      at,
      `${shown(name)} is no AIServiceBackend of the file`,
      'Import the file that holds it together with this one.',
    );
    return null;
  }
  const schema = service.spec?.get('schema');
  const schemaName = textAt(schema, 'name') ?? 'OpenAI';
  const version = textAt(schema, 'version');
  const prefix = textAt(schema, 'prefix');
  const type = SCHEMAS[schemaName];
  if (type === undefined) {
    note(
      draft,
      'left-out',
      'backend',
      schema ?? service.node,
      `the form ${shown(schemaName)} is not spoken here`,
      'Use the model at its own provider, or an OpenAI-compatible endpoint.',
    );
    service.node.take();
    return null;
  }
  const reference = service.spec?.get('backendRef');
  reference?.take();
  const backend = resources.find('Backend', textAt(reference, 'name'));
  const address =
    backend === undefined
      ? undefined
      : addressOf(
          backend,
          resources,
          prefix ?? (schemaName === 'OpenAI' ? (version?.startsWith('v') ? `/${version}` : '/v1') : ''),
        );
  const isOwnHost = address !== undefined && /api\.openai\.com|api\.anthropic\.com/.test(address);
  const byHost = HOSTS.find(([host]) => address !== undefined && host.test(address))?.[1];
  const known = schemaName === 'OpenAI' && address !== undefined && !isOwnHost ? (byHost ?? 'openai_like') : type;
  const baseUrl =
    address === undefined || isOwnHost || byHost !== undefined || type === 'vertex_ai' || type === 'bedrock'
      ? undefined
      : readBaseUrl(draft, backend?.node ?? service.node, schemaName === 'Anthropic' ? `${address}/v1` : address);
  if (backend === undefined && type !== 'openai')
    note(
      draft,
      'needs-you',
      'base-url',
      reference ?? service.node,
      `the Backend of ${shown(name)} is not in the file`,
      'Look at `baseUrl` of the provider.',
    );
  return declareProvider(
    draft,
    {
      type: known,
      ...(baseUrl !== undefined && { baseUrl }),
      ...(known === 'openai_like' && { hint: name }),
      ...(schemaName === 'AzureOpenAI' && { apiVersion: version }),
      ...securityOf(draft, resources, name, known),
    },
    service.node,
  );
}

function addressOf(backend: Resource, resources: Resources, path: string): string | undefined {
  const [endpoint] = backend.spec?.get('endpoints')?.items() ?? [];
  const target = endpoint?.get('fqdn') ?? endpoint?.get('ip');
  const host = textAt(target, 'hostname') ?? textAt(target, 'address');
  const port = textAt(target, 'port');
  backend.node.take();
  if (host === undefined) return undefined;
  const hasTls =
    port === '443' ||
    resources
      .of('BackendTLSPolicy')
      .some(({ spec }) =>
        (spec?.get('targetRefs')?.items() ?? []).some((each) => textAt(each, 'name') === backend.name),
      );
  return `${hasTls ? 'https' : 'http'}://${host}${port === undefined || port === '443' || (port === '80' && !hasTls) ? '' : `:${port}`}${path}`;
}

function securityOf(draft: Draft, resources: Resources, name: string, type: string) {
  const policy = resources
    .of('BackendSecurityPolicy')
    .find(({ spec }) => (spec?.get('targetRefs')?.items() ?? []).some((each) => textAt(each, 'name') === name));
  if (policy === undefined) return type === 'openai_like' ? { isKeyless: true } : {};
  const { spec } = policy;
  spec?.get('targetRefs')?.take();
  spec?.get('type')?.take();
  const kind = textAt(spec, 'type');
  const [section] = (spec?.fields() ?? [])
    .filter(([key]) => !['targetRefs', 'type'].includes(key))
    .map(([, value]) => value);
  if (section === undefined) return {};
  const secret = (key: string, purpose: string): readonly SecretRef[] => {
    const reference = section.get(key) ?? section.get('secretRef');
    const where = textAt(reference, 'name') ?? textAt(reference?.get('secretRef'), 'name') ?? policy.name;
    reference?.take();
    return [secretKept(draft, section, `the Kubernetes Secret ${shown(where)}`, purpose)];
  };
  switch (kind) {
    case 'AWSCredentials': {
      const region = textAt(section, 'region');
      if (section.get('oidcExchangeToken') !== undefined || section.get('credentialsFile') === undefined) {
        note(
          draft,
          'differs',
          'secret',
          section,
          'credentials come from the pod’s identity; here they are variables',
          'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
        );
        section.take();
        return { region };
      }
      section.get('credentialsFile')?.take();
      note(
        draft,
        'needs-you',
        'secret',
        section,
        'the credentials are in a file of a Kubernetes Secret',
        'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY from it.',
      );
      return { region };
    }
    case 'AzureCredentials':
      return {
        entra: { tenant: textAt(section, 'tenantID'), clientId: textAt(section, 'clientID') },
        secrets: secret('clientSecretRef', 'AZURE_CLIENT_SECRET'),
      };
    case 'GCPCredentials': {
      const project = textAt(section, 'projectName');
      const region = textAt(section, 'region');
      section.take();
      note(
        draft,
        'needs-you',
        'secret',
        section,
        'the credentials are a key file or a federated identity',
        'Set GOOGLE_APPLICATION_CREDENTIALS_JSON to the key of a service account.',
      );
      return { project, region };
    }
    default:
      return {
        secrets: secret(
          'secretRef',
          type === 'openai_like' ? `${variableName(name)}_API_KEY` : `${variableName(type)}_API_KEY`,
        ),
      };
  }
}
