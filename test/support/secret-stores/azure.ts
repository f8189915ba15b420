import type { Script, SeenRequest } from '../scripted-upstream.ts';
import type { Cleanup } from '../temp-directory.ts';
import { Shelf, type StoreServer, startStore } from './store-server.ts';

/**
 * An Azure Key Vault's `Get Secret`, and the token endpoint of Microsoft Entra that its callers ask. Written after learn.microsoft.com/rest/api/keyvault/secrets,
 * read 2026-11: a secret that is not enabled is a 403 whose inner error says so.
 */
export async function startAzureVault(t: Cleanup): Promise<StoreServer & { readonly disabled: Set<string> }> {
  const shelf = new Shelf();
  const tokens = new Set<string>();
  const disabled = new Set<string>();

  function login(seen: SeenRequest): Script {
    const form = Object.fromEntries(new URLSearchParams(seen.bytes.toString()));
    const isRight =
      seen.path === '/tenant-1/oauth2/v2.0/token' &&
      form.grant_type === 'client_credentials' &&
      form.client_id === 'client-1' &&
      form.client_secret === 'entra-store-secret' &&
      form.scope === 'https://vault.azure.net/.default';
    if (!isRight) return { status: 401, body: { error: 'invalid_client' } };
    const token = `entra-token-${tokens.size + 1}`;
    tokens.add(token);
    return { body: { access_token: token, expires_in: 3600 } };
  }

  const server = await startStore(
    t,
    shelf,
    (seen) => {
      if (seen.method === 'POST') return login(seen);
      const [, token = ''] = /^Bearer (.+)$/.exec(String(seen.headers.authorization)) ?? [];
      if (!tokens.has(token)) return failed(401, 'Unauthorized');
      const [, name = '', version = ''] = /^\/secrets\/([^/]+)\/([^/?]*)\?api-version=7\.4$/.exec(seen.path) ?? [];
      if (disabled.has(name)) return failed(403, 'Forbidden', 'SecretDisabled');
      if (shelf.denied.has(name)) return failed(403, 'Forbidden', 'ForbiddenByRbac');
      const found = shelf.find(name, version === '' ? null : Number(version));
      if (found === undefined) return failed(404, 'SecretNotFound');
      const { content, createdAtMs } = found.at;
      return {
        body: {
          value: typeof content === 'string' ? content : JSON.stringify(content),
          id: `https://example.vault.azure.net/secrets/${name}/${found.number}`,
          attributes: { enabled: true, created: createdAtMs / 1000, updated: createdAtMs / 1000 },
        },
      };
    },
    (url) => ({
      spec: {
        ...{ kind: 'azure-key-vault', url },
        auth: { tenant: 'tenant-1', clientId: 'client-1', secret: { env: 'STORE_CLIENT_SECRET' }, authority: url },
      },
      env: { STORE_CLIENT_SECRET: 'entra-store-secret' },
    }),
  );
  return { ...server, disabled };
}

function failed(status: number, code: string, inner?: string): Script {
  const innererror = inner === undefined ? {} : { innererror: { code: inner } };
  return { status, body: { error: { code, message: 'told by the store', ...innererror } } };
}
