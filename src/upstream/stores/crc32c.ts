// The Castagnoli polynomial, reflected (RFC 3720 §12.1).
const POLYNOMIAL = 0x82f63b78;

const TABLE: readonly number[] = Object.freeze(
  Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
    return value >>> 0;
  }),
);

/** CRC-32C of some bytes, as an unsigned number: Node has the other CRC-32 only. Pure. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (TABLE[(crc ^ byte) & 0xff] ?? 0);
  return (crc ^ 0xffffffff) >>> 0;
}
