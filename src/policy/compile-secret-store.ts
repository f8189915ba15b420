import type { SecretStore, SecretStoreSpec } from '#snapshot';
import { toMs } from './compile-quantities.ts';
import { compileSecret } from './compile-secret.ts';

const POD_TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/** A secret store with defaults filled in. Pure. */
export function compileSecretStore(name: string, spec: SecretStoreSpec): SecretStore {
  const { kind, auth = {} } = spec;
  const secretOf = (reference: typeof auth.secret) => (reference === undefined ? null : compileSecret(reference));
  const secret = secretOf(auth.secret);
  return {
    name,
    kind,
    url: spec.url?.replace(/\/+$/, '') ?? null,
    namespace: spec.namespace ?? null,
    mount: trimSlashes(spec.mount ?? 'secret'),
    project: spec.project ?? null,
    location: spec.location ?? null,
    auth: {
      kind: auth.kind ?? null,
      // A key file has several lines.
      secret: secret !== null && kind === 'google-secret-manager' ? { ...secret, isText: true } : secret,
      roleId: secretOf(auth.roleId),
      role: kind === 'vault' ? (auth.role ?? null) : null,
      mount: auth.mount === undefined ? null : trimSlashes(auth.mount),
      tokenFile: auth.tokenFile ?? POD_TOKEN,
      cloud: {
        region: spec.region ?? null,
        accessKeyId: secretOf(auth.accessKeyId),
        sessionToken: secretOf(auth.sessionToken),
        profile: auth.profile ?? null,
        role: kind === 'vault' ? null : (auth.role ?? null),
        externalId: auth.externalId ?? null,
        scope: auth.scope ?? null,
        tenant: auth.tenant ?? null,
        clientId: auth.clientId ?? null,
        authority: auth.authority?.replace(/\/+$/, '') ?? null,
      },
    },
    refreshMs: toMs(spec.refresh ?? '5m'),
    timeoutMs: toMs(spec.timeout ?? '5s'),
  };
}

function trimSlashes(path: string): string {
  return path.replace(/^\/+|\/+$/g, '');
}
