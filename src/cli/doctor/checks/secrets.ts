import { readFileSync } from 'node:fs';
import { missingSecret, targetsOf } from '#gateway';
import { createSecrets } from '#upstream';
import { type Check, chosenSnapshot } from '../installation.ts';
import { good, type Outcome } from '../outcome.ts';

/** Which targets of the environment's chains lack a key, by the names of keys alone. Secrets of stores are the gateway's to ask for: `status` tells of them. */
export const checkSecrets: Check = async (installation) => {
  const snapshot = chosenSnapshot(installation);
  if (snapshot === null) return [];
  const { call, options } = installation;
  const { env, nowMs } = call.terminal;
  const secrets = createSecrets({ env, readFile: (path) => readFileSync(path, 'utf8'), nowMs });
  const targets = [...targetsOf(snapshot)];
  const inStores = targets.filter(({ provider }) => provider.auth.secrets.some(({ source }) => source === 'store'));
  const kept = Map.groupBy(
    targets.filter((target) => !inStores.includes(target)),
    ({ provider }) => missingSecret(secrets, provider),
  );
  const where = options.environment;
  const outcomes = [...kept].map(([problem, those]): Outcome => {
    if (problem === null) return good('secrets', where, `${count(those.length, 'target')} of chains can be called`);
    const message = `${problem}: ${those.map(({ id }) => id).join(', ')} ${those.length === 1 ? 'is' : 'are'} passed over`;
    const hint = 'Set it where the gateway starts, or leave it if these targets are not wanted here.';
    return { check: 'secrets', status: 'warn', where, message, hint };
  });
  const stored = inStores.length === 0 ? [] : [storedOutcome(where, inStores.length)];
  return [...outcomes.sort((a, b) => Number(b.status === 'good') - Number(a.status === 'good')), ...stored];
};

function storedOutcome(where: string, targets: number): Outcome {
  const message = `the keys of ${count(targets, 'target')} are in secret stores, which are not asked here`;
  return {
    check: 'secrets',
    status: 'info',
    where,
    message,
    hint: 'A running gateway tells of them: signalbox status.',
  };
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
