import { TokenError } from './fetch-token.ts';
import { inTime } from './in-time.ts';
import type { Expiring } from './refreshing.ts';

/** The keys that sign a request to AWS. */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface AwsOptions {
  /** Keys that policy names; null for AWS's own chain. */
  readonly keys: AwsKeys | null;
  readonly profile: string | null;
  readonly role: string | null;
  readonly externalId: string | null;
  readonly region: string;
}

// The chain ends with the metadata of a machine, which elsewhere nobody answers.
const TIMEOUT_MS = 15_000;

/**
 * The keys to sign with: those of policy, else what AWS's own tools would find (environment, profile, web identity,
 * container, instance); with a role, the ones it lends. The library is loaded when first needed. Rejects with TokenError
 * or the library's own error.
 */
export async function awsKeys(options: AwsOptions): Promise<Expiring<AwsKeys>> {
  const { keys, role } = options;
  if (keys !== null && role === null) return { value: keys, expiresMs: null };
  const whose = role === null ? 'the chain of providers' : `the service that lends ${role}`;
  return inTime(askProviders(options), TIMEOUT_MS, `no AWS credentials: ${whose} did not answer in time`);
}

async function askProviders({ keys, profile, role, externalId, region }: AwsOptions): Promise<Expiring<AwsKeys>> {
  const { fromNodeProviderChain, fromTemporaryCredentials } = await import('@aws-sdk/credential-providers');
  const chain = keys ?? fromNodeProviderChain({ clientConfig: { region }, ...(profile === null ? {} : { profile }) });
  const provide =
    role === null
      ? fromNodeProviderChain({ clientConfig: { region }, ...(profile === null ? {} : { profile }) })
      : fromTemporaryCredentials({
          masterCredentials: chain,
          clientConfig: { region },
          params: {
            RoleArn: role,
            RoleSessionName: 'signalbox',
            ...(externalId === null ? {} : { ExternalId: externalId }),
          },
        });
  try {
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = await provide();
    const value = { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
    return { value, expiresMs: expiration?.getTime() ?? null };
  } catch (error) {
    const { name } = error as { readonly name?: unknown };
    const what = role === null ? 'the chain of providers has none' : `${role} cannot be assumed`;
    throw new TokenError(`no AWS credentials: ${what} (${typeof name === 'string' ? name : 'error'})`);
  }
}
