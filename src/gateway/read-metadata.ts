import { GatewayError, isObject, parseJson } from '#core';

const MAX_METADATA_BYTES = 2048;

/**
 * Reads a metadata header: a JSON object of at most 2 KiB whose values are strings, numbers or booleans; all become strings.
 * Throws 400 `invalid_header` naming the header and the key. Pure.
 */
export function readMetadata(name: string, value: string | undefined): Readonly<Record<string, string>> {
  if (value === undefined || value === '') return {};
  if (Buffer.byteLength(value) > MAX_METADATA_BYTES) throw invalid(name, 'is longer than 2 KiB');
  const parsed = parseJson(utf8(value));
  if (!isObject(parsed)) throw invalid(name, 'is not a JSON object such as {"topic":"returns"}');
  const metadata: Record<string, string> = {};
  for (const [key, field] of Object.entries(parsed)) {
    if (typeof field !== 'string' && typeof field !== 'number' && typeof field !== 'boolean') {
      throw invalid(name, `holds ${JSON.stringify(key.slice(0, 64))}, which is not a string, number or boolean`);
    }
    Object.defineProperty(metadata, key, { value: String(field), enumerable: true });
  }
  return metadata;
}

/** Node reads header bytes as Latin-1; clients that do not escape send UTF-8. */
function utf8(text: string): string {
  const bytes = Buffer.from(text, 'latin1');
  const decoded = bytes.toString('utf8');
  return decoded.includes('\ufffd') ? text : decoded;
}

function invalid(name: string, problem: string): GatewayError {
  return new GatewayError('invalid_header', `${name} ${problem}`);
}
