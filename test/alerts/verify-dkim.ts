import { createHash, type KeyObject, verify } from 'node:crypto';

/**
 * Whether the DKIM signature of a raw mail holds under a public key: body hash and signature, both canonicalised as `relaxed/relaxed` (RFC 6376, sections 3.4.2, 3.4.4 and 3.7). Throws on any other form.
 */
export function verifyDkim(
  raw: string,
  publicKey: KeyObject,
): { readonly bodyHash: boolean; readonly signature: boolean } {
  const end = raw.indexOf('\r\n\r\n');
  const headers = raw.slice(0, end).split(/\r\n(?![ \t])/);
  const signed = headers.find((header) => /^dkim-signature:/i.test(header)) ?? '';
  const tags = new Map(
    signed
      .slice(signed.indexOf(':') + 1)
      .split(';')
      .map(
        (tag) =>
          [tag.slice(0, tag.indexOf('=')).trim(), tag.slice(tag.indexOf('=') + 1).replaceAll(/\s+/g, '')] as const,
      ),
  );
  if (tags.get('a') !== 'rsa-sha256' || tags.get('c') !== 'relaxed/relaxed') throw new Error('another form of DKIM');
  const body = relaxedBody(raw.slice(end + 4));
  const names = (tags.get('h') ?? '').split(':');
  const withoutValue = signed.replace(/(\bb=)[^;]*/, '$1');
  const text = [
    ...names.flatMap((name) => headers.findLast((each) => nameOf(each) === name.toLowerCase()) ?? []),
    withoutValue,
  ]
    .map(relaxedHeader)
    .join('\r\n');
  return {
    bodyHash: createHash('sha256').update(body, 'latin1').digest('base64') === tags.get('bh'),
    signature: verify('sha256', Buffer.from(text, 'latin1'), publicKey, Buffer.from(tags.get('b') ?? '', 'base64')),
  };
}

function nameOf(header: string): string {
  return header.slice(0, header.indexOf(':')).trim().toLowerCase();
}

function relaxedHeader(header: string): string {
  const value = header
    .slice(header.indexOf(':') + 1)
    .replaceAll(/\r\n(?=[ \t])/g, '')
    .replaceAll(/[ \t]+/g, ' ')
    .trim();
  return `${nameOf(header)}:${value}`;
}

function relaxedBody(body: string): string {
  const lines = body
    .replaceAll(/[ \t]+(?=\r\n|$)/g, '')
    .replaceAll(/[ \t]+/g, ' ')
    .replace(/(?:\r\n)+$/, '');
  return lines === '' ? '' : `${lines}\r\n`;
}
