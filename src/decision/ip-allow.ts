/**
 * Whether an address is in one of the CIDR blocks; false for text that is no address. IPv4 in IPv6 (`::ffff:10.0.0.1`) counts as IPv4, in addresses and in
 * blocks, so that a block of IPv6 holds no IPv4, not even `::/0`. Pure.
 */
export function isIpAllowed(blocks: readonly string[], ip: string): boolean {
  const address = parseAddress(ip);
  if (address === null) return false;
  let networks = PARSED.get(blocks);
  if (networks === undefined) {
    networks = blocks.flatMap((block) => parseBlock(block) ?? []);
    PARSED.set(blocks, networks);
  }
  return networks.some(({ bits, value, shift }) => bits === address.bits && value === address.value >> shift);
}

/** A list of a snapshot is read once. */
const PARSED = new WeakMap<readonly string[], readonly Network[]>();

/** `value` without the `shift` bits that may differ. */
interface Network extends Address {
  readonly shift: bigint;
}

interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

function parseBlock(block: string): Network | null {
  const [text = '', length] = block.split('/');
  const address = parseAddress(text);
  if (address === null) return null;
  const { bits, value } = address;
  // The first 96 bits of IPv4 in IPv6 say that it is that.
  const written = length === undefined ? bits : Number(length) - (bits === 32 && text.includes(':') ? 96 : 0);
  if (!Number.isInteger(written) || written < 0 || written > bits) return null;
  const shift = BigInt(bits - written);
  return { bits, value: value >> shift, shift };
}

function parseAddress(text: string): Address | null {
  if (!text.includes(':')) {
    const value = parseIPv4(text);
    return value === null ? null : { bits: 32, value };
  }
  const value = parseIPv6(text.split('%')[0] ?? '');
  if (value === null) return null;
  return value >> 32n === 0xffffn ? { bits: 32, value: value & 0xffffffffn } : { bits: 128, value };
}

function parseIPv4(text: string): bigint | null {
  const parts = text.split('.');
  if (parts.length !== 4) return null;
  let value = 0n;
  for (const part of parts) {
    if (!/^\d{1,3}$/.test(part) || Number(part) > 255) return null;
    value = (value << 8n) | BigInt(part);
  }
  return value;
}

/** RFC 4291, section 2.2: eight groups, at most one `::`, the last two groups also as IPv4. */
function parseIPv6(text: string): bigint | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const head = groupsOf(halves[0] ?? '');
  const tail = halves.length === 2 ? groupsOf(halves[1] ?? '') : [];
  if (head === null || tail === null) return null;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const groups = [...head, ...new Array<bigint>(missing).fill(0n), ...tail];
  return groups.reduce((value, group) => (value << 16n) | group, 0n);
}

function groupsOf(text: string): readonly bigint[] | null {
  if (text === '') return [];
  const groups: bigint[] = [];
  for (const word of text.split(':')) {
    const dotted = word.includes('.') ? parseIPv4(word) : null;
    if (dotted !== null) groups.push(dotted >> 16n, dotted & 0xffffn);
    else if (/^[0-9a-f]{1,4}$/i.test(word)) groups.push(BigInt(`0x${word}`));
    else return null;
  }
  return groups;
}
