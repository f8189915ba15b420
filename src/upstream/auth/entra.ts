import { readFile } from 'node:fs/promises';
import type { Reach } from '#network';
import { fetchToken, type Token, TokenError } from './fetch-token.ts';

/** What a token of Microsoft Entra is asked for with; null where the environment counts. */
export interface EntraOptions {
  readonly tenant: string | null;
  readonly clientId: string | null;
  readonly clientSecret: string | null;
  readonly scope: string | null;
  readonly authority: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly nowMs: () => number;
  readonly reach: Reach;
}

const SCOPE = 'https://cognitiveservices.azure.com/.default';
const PUBLIC_CLOUD = 'https://login.microsoftonline.com';
const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
// The address of every Azure machine's own metadata; tests and proxies name another.
const INSTANCE = 'http://169.254.169.254';

/**
 * Asks Microsoft Entra for a token of an application: by its secret, by the federated token of a workload
 * (`AZURE_FEDERATED_TOKEN_FILE`), or by the managed identity of the machine. Rejects with TokenError. Sources:
 * learn.microsoft.com, "OAuth 2.0 client credentials flow" and "How to use managed identities", read 2026-11.
 */
export async function entraToken(options: EntraOptions): Promise<Token> {
  const { env, clientSecret, nowMs, reach } = options;
  const scope = options.scope ?? SCOPE;
  const tenant = options.tenant ?? env.AZURE_TENANT_ID;
  const clientId = options.clientId ?? env.AZURE_CLIENT_ID;
  const federated = env.AZURE_FEDERATED_TOKEN_FILE;
  if (clientSecret === null && !federated) return managedIdentityToken(scope, clientId, options);
  if (!tenant || !clientId) {
    throw new TokenError('no token: Entra needs a tenant and a client id (auth.tenant, auth.clientId)');
  }
  const authority = (options.authority ?? env.AZURE_AUTHORITY_HOST ?? PUBLIC_CLOUD).replace(/\/+$/, '');
  const proof =
    clientSecret !== null
      ? { client_secret: clientSecret }
      : { client_assertion_type: ASSERTION, client_assertion: await readAssertion(federated ?? '') };
  return fetchToken({
    url: `${authority}/${encodeURIComponent(tenant)}/oauth2/v2.0/token`,
    form: { grant_type: 'client_credentials', client_id: clientId, scope, ...proof },
    ...{ nowMs, reach },
  });
}

/** It is replaced by Kubernetes every hour, so it is read each time. */
async function readAssertion(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    const code = (error as { readonly code?: string }).code ?? 'error';
    throw new TokenError(`no token: the file of AZURE_FEDERATED_TOKEN_FILE cannot be read (${code})`);
  }
}

function managedIdentityToken(
  scope: string,
  clientId: string | undefined,
  { env, nowMs, reach }: EntraOptions,
): Promise<Token> {
  const query = { resource: scope.replace(/\/\.default$/, ''), ...(clientId ? { client_id: clientId } : {}) };
  // App Service and Container Apps have an endpoint of their own, guarded by a header.
  if (env.IDENTITY_ENDPOINT && env.IDENTITY_HEADER) {
    const search = new URLSearchParams({ 'api-version': '2019-08-01', ...query });
    const headers = { 'x-identity-header': env.IDENTITY_HEADER };
    return fetchToken({ url: `${env.IDENTITY_ENDPOINT}?${search}`, form: null, headers, nowMs, reach });
  }
  const search = new URLSearchParams({ 'api-version': '2018-02-01', ...query });
  const host = (env.AZURE_POD_IDENTITY_AUTHORITY_HOST ?? INSTANCE).replace(/\/+$/, '');
  const url = `${host}/metadata/identity/oauth2/token?${search}`;
  return fetchToken({ url, form: null, headers: { metadata: 'true' }, nowMs, reach });
}
