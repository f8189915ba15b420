import { asObject, asString } from '#core';
import type { Rule } from '../rule.ts';

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

/** Secrets that travel in the open. */
export const secretStorePlainHttp: Rule = {
  meta: {
    id: 'secret/store-plain-http',
    severity: 'error',
    summary: 'A secret store is reached without TLS.',
    why: 'Whoever can read the network between here and there has every key of the gateway, and what opens the store along with them.',
    bad: `
kind: Project
metadata: { name: example-company }
spec: { secretStores: { vault: { kind: vault, url: "http://vault.internal:8200", auth: { kind: kubernetes, role: signalbox } } } }`,
    good: `
kind: Project
metadata: { name: example-company }
spec: { secretStores: { vault: { kind: vault, url: "https://vault.internal:8200", auth: { kind: kubernetes, role: signalbox } } } }`,
    options: 'Loopback addresses may do without: an agent beside the gateway.',
    waive: 'When the network itself encrypts, such as a service mesh.',
  },
  check({ every }) {
    return every('Project').flatMap((project) =>
      Object.entries(project.spec.secretStores ?? {}).flatMap(([name, store]) =>
        [['url'], ['auth', 'authority']].flatMap((path) => {
          const url = asString(path.reduce<unknown>((value, step) => asObject(value)[step], store));
          if (url === undefined || !URL.canParse(url)) return [];
          const { protocol, hostname } = new URL(url);
          if (protocol !== 'http:' || LOOPBACK.test(hostname)) return [];
          return [
            {
              at: project.at('secretStores', name, ...path),
              subject: project.key,
              message: `the secret store \`${name}\` is reached without TLS at \`${hostname}\``,
              hint: 'Write `https://`; an authority of your own is named to the process by `NODE_EXTRA_CA_CERTS`.',
            },
          ];
        }),
      ),
    );
  },
};
