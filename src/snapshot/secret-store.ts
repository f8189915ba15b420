import type { CloudAuth, SecretRef } from './provider.ts';

/** A place that gives secrets while the gateway runs, with every default filled in. */
export interface SecretStore {
  readonly name: string;
  readonly kind: 'vault' | 'aws-secrets-manager' | 'google-secret-manager' | 'azure-key-vault';
  /** Without a trailing slash; null for the cloud's own address. */
  readonly url: string | null;
  /** Of Vault Enterprise or OpenBao. */
  readonly namespace: string | null;
  /** Where Vault has its KV engine. */
  readonly mount: string;
  /** Google's project, and where its regional secrets are. */
  readonly project: string | null;
  readonly location: string | null;
  readonly auth: StoreAuth;
  readonly refreshMs: number;
  readonly timeoutMs: number;
}

/** How a store is told who asks; every secret in it is of the environment or a file. */
export interface StoreAuth {
  /** How a Vault is logged in to; null for the stores of clouds. */
  readonly kind: 'token' | 'approle' | 'kubernetes' | null;
  readonly secret: SecretRef | null;
  readonly roleId: SecretRef | null;
  /** Of Vault's Kubernetes method. */
  readonly role: string | null;
  /** Where Vault has the method. */
  readonly mount: string | null;
  /** The pod's own token. */
  readonly tokenFile: string;
  readonly cloud: CloudAuth;
}
