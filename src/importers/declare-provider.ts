import { asObject, canonicalJson, type JsonObject } from '#core';
import { hostWord, placeholderUrl } from './base-url.ts';
import { addDocument, type Draft, note, safeWord, shown, takeName } from './draft.ts';
import { CATALOGUE_NAMES, CLOUD_NAMES, KNOWN_HOSTS, lookUp } from './foreign-providers.ts';
import { slug, variableName } from './names.ts';
import type { SecretRef } from './secret-source.ts';
import type { SourceNode } from './source-node.ts';

/** How a source reaches a provider. What is left out is as the provider itself has it. */
export interface Access {
  /** The provider as the source names it, such as `azure_ai`. */
  readonly type: string;
  /** Already checked by `readBaseUrl`; null when the source names one that could not be taken over. */
  readonly baseUrl?: string | null | undefined;
  readonly secrets?: readonly SecretRef[] | undefined;
  /** True when the source says that no key is sent. */
  readonly isKeyless?: boolean | undefined;
  readonly headers?: JsonObject | undefined;
  readonly dialect?: string | undefined;
  /** Azure's `api-version`. */
  readonly apiVersion?: string | undefined;
  readonly region?: string | undefined;
  readonly project?: string | undefined;
  /** For AWS: the access key id beside the secret. */
  readonly accessKeyId?: SecretRef | undefined;
  readonly sessionToken?: SecretRef | undefined;
  readonly entra?: { readonly tenant?: string | undefined; readonly clientId?: string | undefined } | undefined;
  /** A name for a provider of its own. */
  readonly hint?: string | undefined;
}

/** A provider of the policies. `facts` is the built-in provider whose models it serves; null when none is known. */
export interface DeclaredProvider {
  readonly name: string;
  readonly facts: string | null;
}

/**
 * The provider for a way of access: the built-in one where nothing differs, the built-in one with a document of the same name where only its key does, else
 * one of its own. The same access gives the same provider.
 */
export function declareProvider(draft: Draft, access: Access, node: SourceNode): DeclaredProvider {
  const type = access.type.trim().toLowerCase();
  const facts =
    access.dialect === 'sandbox' ? null : (lookUp(CATALOGUE_NAMES, type) ?? (draft.providers.has(type) ? type : null));
  const cloud = lookUp(CLOUD_NAMES, type);
  if (cloud !== undefined) {
    const spec = cloud === 'azure' ? azure(access) : cloud === 'bedrock' ? bedrock(access) : vertex(access);
    const wanted = access.hint ?? (cloud === 'azure' && access.baseUrl ? `azure-${hostWord(access.baseUrl)}` : cloud);
    if (spec.isOpen) {
      note(
        draft,
        'needs-you',
        'base-url',
        node,
        `the address of the ${cloud} provider is not in the file`,
        'Write its `baseUrl` into the provider’s document.',
      );
    }
    return { name: own(draft, wanted, spec.spec, node), facts: cloud === 'azure' ? 'azure-openai' : null };
  }
  const builtIn = facts === null ? undefined : draft.providers.get(facts);
  if (facts !== null && builtIn !== undefined) return fromCatalogue(draft, access, facts, asObject(builtIn.spec), node);
  return elsewhere(draft, access, type, node);
}

function fromCatalogue(
  draft: Draft,
  access: Access,
  facts: string,
  base: JsonObject,
  node: SourceNode,
): DeclaredProvider {
  const baseAuth = asObject(base.auth);
  const auth = authOf(access, {
    kind: String(baseAuth.kind ?? 'bearer'),
    ...(baseAuth.name !== undefined && { name: baseAuth.name }),
  });
  const hasOwnUrl =
    typeof access.baseUrl === 'string' && access.baseUrl !== base.baseUrl && `${access.baseUrl}/v1` !== base.baseUrl;
  const dialect = access.dialect ?? base.dialect;
  const differs: Record<string, unknown> = {
    ...(access.dialect !== undefined && access.dialect !== base.dialect && { dialect }),
    ...(auth !== null && canonicalJson(auth) !== canonicalJson(baseAuth) && { auth }),
    ...(access.headers && { headers: access.headers }),
  };
  if (!hasOwnUrl && access.baseUrl !== null && differs.dialect === undefined) {
    const claim = canonicalJson(differs);
    const claimed = draft.claims.get(facts);
    if (claimed === claim) return { name: facts, facts };
    if (claimed === undefined) {
      draft.claims.set(facts, claim);
      takeName(draft, 'Provider', facts);
      if (Object.keys(differs).length > 0) {
        addDocument(
          draft,
          'Provider',
          facts,
          { description: `The built-in ${facts} with the key that the source names.`, spec: differs },
          node,
        );
      }
      return { name: facts, facts };
    }
  }
  const baseUrl = access.baseUrl === null ? placeholderUrl(facts) : hasOwnUrl ? access.baseUrl : base.baseUrl;
  const { website: _, headers, quirks, ...rest } = base;
  const isElsewhere = hasOwnUrl || access.baseUrl === null;
  // Another host is none of the provider's: neither its account goes there, nor is known of it where it is and what it does with data.
  const ownHeaders = Object.entries(asObject(headers)).filter(([, value]) => !isElsewhere || typeof value === 'string');
  const allHeaders = { ...Object.fromEntries(ownHeaders), ...access.headers };
  const spec = {
    ...(isElsewhere ? { dialect: base.dialect } : rest),
    ...(quirks !== undefined && !(isElsewhere && facts === 'openai') && { quirks }),
    ...differs,
    baseUrl,
    auth: auth ?? baseAuth,
    ...(Object.keys(allHeaders).length > 0 && { headers: allHeaders }),
  };
  if (hasOwnUrl && auth === null && baseAuth.kind !== 'none') {
    const message = `the source names no key for this address, so the one of ${facts} is sent there, as it was before`;
    note(
      draft,
      'needs-you',
      'secret',
      node,
      message,
      'Name a key of its own in `auth.secret`, or write `auth: {kind: none}`, where the address is not the provider’s.',
    );
  }
  const word = hasOwnUrl && access.baseUrl ? hostWord(access.baseUrl) : secretWord(access);
  return {
    name: own(draft, access.hint ?? (slug(word).startsWith(facts) ? word : `${facts}-${word}`), spec, node),
    facts,
  };
}

/** `eu` of `OPENAI_API_KEY_EU`: what tells two keys of one provider apart. */
function secretWord(access: Access): string {
  const first = access.secrets?.[0];
  const name = first !== undefined && 'env' in first ? first.env : 'other';
  return name.replace(/_?(API)?_?(KEY|TOKEN)_?/gi, '_') || 'other';
}

function elsewhere(draft: Draft, access: Access, type: string, node: SourceNode): DeclaredProvider {
  const known = KNOWN_HOSTS.get(type);
  const wanted = slug(
    safeWord(
      access.hint ??
        (type === '' || /^(custom_?openai|openai_like|openai-?compatible|custom|generic)$/.test(type)
          ? 'own-host'
          : type),
    ),
  );
  const baseUrl =
    access.baseUrl ?? (access.baseUrl === null ? placeholderUrl(wanted) : (known?.baseUrl ?? placeholderUrl(wanted)));
  if (baseUrl.includes('.invalid/') && access.baseUrl !== null) {
    note(
      draft,
      'needs-you',
      'provider',
      node,
      `the provider ${shown(access.type)} is not known here`,
      `Write the address, dialect and key of provider ${wanted} into its document; until then its targets fail.`,
    );
  }
  const name =
    access.baseUrl && access.hint === undefined && known === undefined
      ? `${wanted}-${hostWord(access.baseUrl)}`
      : wanted;
  const auth =
    authOf(access, { kind: 'bearer' }) ??
    (known === undefined || typeof access.baseUrl === 'string'
      ? { kind: 'bearer', secret: { env: `${variableName(name)}_API_KEY` } }
      : { kind: 'bearer', secret: { env: known.variable } });
  const spec = {
    dialect: access.dialect ?? known?.dialect ?? 'openai-chat',
    baseUrl,
    auth,
    ...(access.headers && { headers: access.headers }),
  };
  return { name: own(draft, name, spec, node), facts: null };
}

/** Null when the source says nothing of keys. */
function authOf(access: Access, base: JsonObject): JsonObject | null {
  if (access.isKeyless) return { kind: 'none' };
  const [first, ...others] = access.secrets ?? [];
  if (first === undefined) return null;
  const kind = base.kind === 'none' ? { kind: 'bearer' } : base;
  return others.length === 0 ? { ...kind, secret: first } : { ...kind, secrets: access.secrets };
}

interface CloudSpec {
  readonly spec: JsonObject;
  /** The address has to be written by hand. */
  readonly isOpen: boolean;
}

function azure(access: Access): CloudSpec {
  const version = access.apiVersion;
  const isClassic = version !== undefined && /^\d{4}-/.test(version);
  const host = access.baseUrl?.replace(/\/openai(?:\/(?:v1|deployments\/.*))?$/, '');
  const isOpen = host === undefined;
  const base = host ?? 'https://azure-resource-not-set.invalid';
  const auth = access.entra
    ? {
        kind: 'entra',
        ...(access.entra.tenant && { tenant: access.entra.tenant }),
        ...(access.entra.clientId && { clientId: access.entra.clientId }),
        ...(access.secrets?.[0] && { secret: access.secrets[0] }),
      }
    : (authOf(access, { kind: 'header', name: 'api-key' }) ?? {
        kind: 'header',
        name: 'api-key',
        secret: { env: 'AZURE_OPENAI_API_KEY' },
      });
  return {
    isOpen,
    spec: {
      dialect: access.dialect ?? 'openai-chat',
      baseUrl: isClassic ? `${base}/openai` : `${base}/openai/v1`,
      auth,
      ...(access.headers && { headers: access.headers }),
      quirks: {
        renameParams: { max_tokens: 'max_completion_tokens' },
        ...(isClassic && { path: '/deployments/{model}/chat/completions', query: { 'api-version': version } }),
      },
    },
  };
}

function bedrock(access: Access): CloudSpec {
  const region = access.region ?? 'us-east-1';
  return {
    isOpen: false,
    spec: {
      dialect: access.dialect ?? 'bedrock-converse',
      baseUrl: access.baseUrl ?? `https://bedrock-runtime.${region}.amazonaws.com`,
      auth: {
        kind: 'aws',
        region,
        accessKeyId: access.accessKeyId ?? { env: 'AWS_ACCESS_KEY_ID' },
        secret: access.secrets?.[0] ?? { env: 'AWS_SECRET_ACCESS_KEY' },
        ...(access.sessionToken && { sessionToken: access.sessionToken }),
      },
      region: region.split('-')[0],
    },
  };
}

function vertex(access: Access): CloudSpec {
  const location = access.region ?? 'us-central1';
  const host = location === 'global' ? 'aiplatform.googleapis.com' : `${location}-aiplatform.googleapis.com`;
  const isOpen = access.project === undefined && !access.baseUrl;
  return {
    isOpen,
    spec: {
      dialect: access.dialect ?? 'gemini',
      baseUrl:
        access.baseUrl ??
        (isOpen
          ? placeholderUrl('vertex-project')
          : `https://${host}/v1/projects/${access.project}/locations/${location}/publishers/google`),
      auth: { kind: 'google', secret: access.secrets?.[0] ?? { env: 'GOOGLE_APPLICATION_CREDENTIALS_JSON' } },
    },
  };
}

function own(draft: Draft, wanted: string, spec: JsonObject, node: SourceNode): string {
  const key = canonicalJson(spec);
  const known = draft.accesses.get(key);
  if (known !== undefined) return known;
  const plain = slug(safeWord(wanted), 'provider');
  // A document of a built-in name would be merged with the built-in provider, field by field.
  const name = takeName(draft, 'Provider', draft.providers.has(plain) ? `${plain}-own` : plain);
  draft.accesses.set(key, name);
  return addDocument(draft, 'Provider', name, { description: `Imported from ${draft.file}`, spec }, node);
}
