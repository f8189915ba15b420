import { readFileSync } from 'node:fs';
import { type Addresses, alertReceivers, createAddresses, DeliveryError, tryMailServer } from '#alerts';
import { createReach, type Reach } from '#network';
import { createSecrets } from '#upstream';
import { type Check, chosenSnapshot } from '../installation.ts';
import { good, type Outcome } from '../outcome.ts';
import { NoAnswer, probeUrl } from '../probe-url.ts';

/** Whether the mail server takes our log-in and the hosts of receivers answer. No mail is sent, and nothing is posted. */
export const checkReceivers: Check = async (installation) => {
  const snapshot = chosenSnapshot(installation);
  if (snapshot === null || !installation.isOnline) return [];
  const { env, nowMs } = installation.call.terminal;
  const secrets = createSecrets({ env, readFile: (path) => readFileSync(path, 'utf8'), nowMs });
  const reach = createReach();
  reach.use(snapshot.project.privateHosts);
  const addresses = createAddresses(() => snapshot, secrets);
  const posts = [...alertReceivers(snapshot).values()].flatMap((receiver) =>
    receiver.channels
      .filter((channel) => channel !== 'email')
      .map((channel) =>
        tried(`${channel} of Receiver ${receiver.name}`, () =>
          askHost(addresses.urlOf(receiver, channel), reach, installation.signal),
        ),
      ),
  );
  const mail = snapshot.project.mail === null ? [] : [tried('mail server', () => askMailServer(addresses, reach))];
  return (await Promise.all([...mail, ...posts])).flat();
};

async function askMailServer(addresses: Addresses, reach: Reach): Promise<string> {
  await tryMailServer(addresses.mailSettings(), reach);
  return 'takes our log-in; no mail was sent';
}

/** The host alone: its path may be the secret, and a call of it an alert. */
async function askHost(url: string | null, reach: Reach, signal: AbortSignal): Promise<string> {
  if (url === null) return 'its optional address is not set: left out';
  if (!URL.canParse(url)) throw new DeliveryError('the address is no URL', false);
  const { origin, host } = new URL(url);
  await probeUrl(origin, { reach, signal });
  return `${host} answers; nothing was posted`;
}

async function tried(where: string, ask: () => Promise<string>): Promise<readonly Outcome[]> {
  try {
    return [good('receivers', where, await ask())];
  } catch (error) {
    if (!(error instanceof DeliveryError) && !(error instanceof NoAnswer)) throw error;
    const hint = 'Alerts would wait in the outbox. Correct the address or its secret; signalbox alerts test sends one.';
    return [{ check: 'receivers', status: 'warn', where, message: error.message.replace(`${where}: `, ''), hint }];
  }
}
