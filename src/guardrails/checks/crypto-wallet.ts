import { standsApart } from '../boundaries.ts';
import { LETTER, RUN_16 } from '../char-classes.ts';
import type { Check } from '../check.ts';
import { holdWord } from '../hold.ts';
import { inOrder, spansOf } from '../spans-of.ts';
import { isBase58Address, isBech32Address } from '../wallet-checksums.ts';

const BASE58 = /[13][1-9A-HJ-NP-Za-km-z]{25,34}/g;
const BECH32 = /bc1[02-9ac-hj-np-z]{11,71}|BC1[02-9AC-HJ-NP-Z]{11,71}/g;
const HEX = /0x[\dA-Fa-f]{40}/g;

/** Addresses of wallets. */
export const cryptoWallet: Check = {
  name: 'crypto-wallet',
  summary: 'Addresses of Bitcoin wallets whose checksum fits, and of Ethereum accounts by their form.',
  limits: 'Ethereum addresses are not tried against their mixed-case checksum.',
  compile: () => ({
    kind: 'spans',
    label: 'WALLET',
    needs: LETTER | RUN_16,
    reach: 80,
    hold: holdWord,
    find,
  }),
  sample: {
    options: {},
    hit: { kind: 'text', text: 'Send it to 1BoatSLRHtKNngkdXEeobR76b53LETtpyT.' },
    miss: { kind: 'text', text: 'Send it to 1BoatSLRHtKNngkdXEeobR76b53LETtpyU.' },
  },
};

function find(text: string) {
  const apart = ({ index, 0: all }: RegExpExecArray) => standsApart(text, index, index + all.length);
  const found = spansOf(text, BASE58, (match) => apart(match) && isBase58Address(match[0]));
  if (/bc1/i.test(text))
    found.push(...spansOf(text, BECH32, (match) => apart(match) && isBech32Address(match[0].toLowerCase())));
  if (text.includes('0x')) found.push(...spansOf(text, HEX, apart));
  return inOrder(found);
}
