import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { crc32c } from '../../../src/upstream/stores/crc32c.ts';
import type { Script, SeenRequest } from '../scripted-upstream.ts';
import type { Cleanup } from '../temp-directory.ts';
import { Shelf, type StoreServer, startStore } from './store-server.ts';

/**
 * Google Secret Manager's `versions.access` for the location europe-west3, and the token endpoint that its service account asks, which holds the account's
 * assertion against its key. Written after cloud.google.com/secret-manager/docs/reference/rest and RFC 7523, read 2026-11.
 */
export async function startGoogleSecrets(t: Cleanup): Promise<StoreServer> {
  const shelf = new Shelf();
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const tokens = new Set<string>();
  let url = '';

  function login(seen: SeenRequest): Script {
    const form = new URLSearchParams(seen.bytes.toString());
    const [header = '', claims = '', signature = ''] = (form.get('assertion') ?? '').split('.');
    const key = createPublicKey(publicKey.export({ type: 'spki', format: 'pem' }));
    const isSigned = verify('RSA-SHA256', Buffer.from(`${header}.${claims}`), key, Buffer.from(signature, 'base64url'));
    const { iss, scope } = JSON.parse(Buffer.from(claims, 'base64url').toString() || '{}');
    const isRight = isSigned && iss === 'box@example.iam' && scope === 'https://www.googleapis.com/auth/cloud-platform';
    if (!isRight) return { status: 400, body: { error: 'invalid_grant' } };
    const token = `ya29.store-${tokens.size + 1}`;
    tokens.add(token);
    return { body: { access_token: token, expires_in: 3600 } };
  }

  const server = await startStore(
    t,
    shelf,
    (seen) => {
      if (seen.method === 'POST') return login(seen);
      const [, token = ''] = /^Bearer (.+)$/.exec(String(seen.headers.authorization)) ?? [];
      if (!tokens.has(token)) return failed(401, 'UNAUTHENTICATED');
      const [, name = '', version = ''] =
        /^\/v1\/projects\/p-1\/locations\/europe-west3\/secrets\/([^/]+)\/versions\/([^/]+):access$/.exec(seen.path) ??
        [];
      if (shelf.denied.has(name)) return failed(403, 'PERMISSION_DENIED');
      if (shelf.removed.has(name)) return failed(400, 'FAILED_PRECONDITION');
      const found = shelf.find(name, version === 'latest' ? null : Number(version));
      if (found === undefined) return failed(404, 'NOT_FOUND');
      const { content } = found.at;
      const bytes = Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
      return {
        body: {
          name: `projects/1/locations/europe-west3/secrets/${name}/versions/${found.number}`,
          payload: { data: bytes.toString('base64'), dataCrc32c: String(crc32c(bytes)) },
        },
      };
    },
    (at) => {
      url = at;
      const account = {
        ...{ type: 'service_account', client_email: 'box@example.iam', private_key_id: 'k1' },
        private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
        token_uri: `${url}/token`,
      };
      return {
        spec: {
          kind: 'google-secret-manager',
          url,
          project: 'p-1',
          location: 'europe-west3',
          auth: { secret: { env: 'STORE_KEY_FILE' } },
        },
        env: { STORE_KEY_FILE: JSON.stringify(account) },
      };
    },
  );
  return server;
}

function failed(code: number, status: string): Script {
  return { status: code, body: { error: { code, status, message: 'told by the store' } } };
}
