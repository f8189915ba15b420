import type { SecretStore } from '#snapshot';
import { createAwsSecretsManager } from './aws-secrets-manager.ts';
import { createAzureKeyVault } from './azure-key-vault.ts';
import { createGoogleSecretManager } from './google-secret-manager.ts';
import type { ReadStore, StoreSources } from './store-reader.ts';
import { createVaultKv } from './vault-kv.ts';

const CREATE: Readonly<Record<SecretStore['kind'], (store: SecretStore, sources: StoreSources) => ReadStore>> =
  Object.freeze({
    vault: createVaultKv,
    'aws-secrets-manager': createAwsSecretsManager,
    'google-secret-manager': createGoogleSecretManager,
    'azure-key-vault': createAzureKeyVault,
  });

/** The way to read a store of any kind; what it logs in with is kept, and had anew before it ends. */
export function openStore(store: SecretStore, sources: StoreSources): ReadStore {
  return CREATE[store.kind](store, sources);
}
