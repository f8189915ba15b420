import { createHash } from 'node:crypto';

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const GENERATORS = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

/** Base58Check: the last 4 of 25 bytes are the first of a double SHA-256 over the rest. Pure. */
export function isBase58Address(text: string): boolean {
  let number = 0n;
  for (const character of text) number = number * 58n + BigInt(BASE58.indexOf(character));
  const hex = number.toString(16).padStart(50, '0');
  if (hex.length !== 50) return false;
  const bytes = Buffer.from(hex, 'hex');
  const sum = sha256(sha256(bytes.subarray(0, 21)));
  return sum.subarray(0, 4).equals(bytes.subarray(21));
}

/** BIP 173, and BIP 350 for later witness versions. Pure. */
export function isBech32Address(text: string): boolean {
  let sum = 1;
  for (const value of [3, 3, 0, 2, 3]) sum = step(sum, value);
  for (const character of text.slice(3)) sum = step(sum, BECH32.indexOf(character));
  return sum === 1 || sum === 0x2bc830a3;
}

function step(sum: number, value: number): number {
  const top = sum >>> 25;
  let next = ((sum & 0x1ffffff) << 5) ^ value;
  for (let bit = 0; bit < 5; bit++) if ((top >> bit) & 1) next ^= GENERATORS[bit] ?? 0;
  return next;
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
