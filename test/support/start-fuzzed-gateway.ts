import {
  PROVIDER_NAMES,
  policyFiles,
  SECRETS,
  startProviders,
  startTestGateway,
  type TestGateway,
} from '../gateway/harness.ts';
import { ANSWERS } from '../gateway/provider-answers.ts';
import type { SeenRequest } from './scripted-upstream.ts';
import type { Cleanup } from './temp-directory.ts';

/** A gateway whose providers answer everything well: what fails then is the gateway's doing. */
export interface FuzzedGateway extends TestGateway {
  /** Lines of the log that nobody but a bug writes. */
  readonly errors: readonly { readonly text: string; readonly fields: object }[];
}

/** Starts it. Neither its log nor its providers keep what they see, so that memory tells of the gateway alone. */
export async function startFuzzedGateway(t: Cleanup): Promise<FuzzedGateway> {
  const providers = await startProviders(t);
  for (const name of PROVIDER_NAMES) {
    const { whole, stream } = ANSWERS[name];
    providers[name].otherwise(({ json, path }) => {
      (providers[name].requests as SeenRequest[]).length = 0;
      return json?.stream === true || /:stream|-stream/.test(path) ? stream : whole;
    });
  }
  const errors: { text: string; fields: object }[] = [];
  const ignore = () => undefined;
  const log = {
    info: ignore,
    warn: ignore,
    error: (fields: object, text: string) => void errors.push({ text, fields }),
  };
  const options = { env: SECRETS, failedKeys: { burst: 1e9 }, log };
  return { ...(await startTestGateway(t, policyFiles(providers), options)), errors };
}
