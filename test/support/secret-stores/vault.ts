import { createHash } from 'node:crypto';
import type { Script, SeenRequest } from '../scripted-upstream.ts';
import type { Cleanup } from '../temp-directory.ts';
import { Shelf, type StoreServer, startStore } from './store-server.ts';

export interface VaultServer extends StoreServer {
  /** Tokens that count now. */
  readonly tokens: Set<string>;
  /** How long a login lasts. */
  leaseS: number;
  sealed: boolean;
}

/** The token of a pod that the Vault of these tests knows. */
export const POD_TOKEN = 'pod-token-of-kubernetes';

/**
 * A Vault with one KV engine of version 2 and the methods AppRole and Kubernetes, in the namespace `team-ai`. Written after developer.hashicorp.com/vault/api-docs
 * (secret/kv/kv-v2, auth/approle, auth/kubernetes), read 2026-11: a deleted version is a 404 with its metadata, one that never was a 404 without errors, and a
 * token that ended is denied like one that may not.
 */
export async function startVault(t: Cleanup): Promise<VaultServer> {
  const shelf = new Shelf();
  const state = { tokens: new Set(['root-token']), leaseS: 3600, sealed: false };
  let logins = 0;

  function login(seen: SeenRequest): Script {
    const [, method] = /^\/v1\/auth\/([\w-]+)\/login$/.exec(seen.path) ?? [];
    const { role_id, secret_id, role, jwt } = seen.json ?? {};
    const isRight =
      method === 'approle'
        ? role_id === 'role-1' && secret_id === 'secret-id-1'
        : method === 'kubernetes' && role === 'signalbox' && jwt === POD_TOKEN;
    if (!isRight) return { status: 400, body: { errors: ['invalid role or secret ID'] } };
    logins += 1;
    const token = `hvs.${createHash('sha256').update(`${method}-${logins}`).digest('hex').slice(0, 24)}`;
    state.tokens.add(token);
    return { body: { auth: { client_token: token, lease_duration: state.leaseS, renewable: true } } };
  }

  function read(seen: SeenRequest): Script {
    const [path = '', query = ''] = seen.path.split('?');
    const [, mount = '', name = ''] = /^\/v1\/([\w-]+)\/data\/(.+)$/.exec(path) ?? [];
    if (mount !== 'kv') return { status: 404, body: { errors: [`no handler for route "${mount}/data/${name}"`] } };
    const secret = decodeURIComponent(name);
    if (shelf.denied.has(secret)) return DENIED;
    const asked = new URLSearchParams(query).get('version');
    const found = shelf.find(secret, asked === null ? null : Number(asked));
    if (found === undefined) return { status: 404, body: shelf.removed.has(secret) ? DELETED : { errors: [] } };
    const { number, at } = found;
    const created_time = new Date(at.createdAtMs).toISOString();
    return {
      body: {
        data: { data: at.content, metadata: { version: number, created_time, deletion_time: '', destroyed: false } },
      },
    };
  }

  const server = await startStore(
    t,
    shelf,
    (seen) => {
      if (state.sealed) return { status: 503, body: { errors: ['Vault is sealed'] } };
      if (seen.headers['x-vault-namespace'] !== 'team-ai') return { status: 404, body: { errors: ['no handler'] } };
      if (seen.method === 'POST') return login(seen);
      return state.tokens.has(String(seen.headers['x-vault-token'])) ? read(seen) : DENIED;
    },
    (url) => ({
      spec: {
        kind: 'vault',
        url,
        namespace: 'team-ai',
        mount: 'kv',
        auth: { kind: 'approle', roleId: { env: 'ROLE_ID' }, secret: { env: 'SECRET_ID' } },
      },
      env: { ROLE_ID: 'role-1', SECRET_ID: 'secret-id-1', VAULT_TOKEN: 'root-token' },
    }),
  );
  return Object.assign(state, server);
}

const DENIED: Script = { status: 403, body: { errors: ['1 error occurred:\n\t* permission denied\n\n'] } };
const DELETED = {
  data: { data: null, metadata: { version: 1, deletion_time: '2026-11-01T00:00:00Z', destroyed: false } },
};
