import { createCipheriv, createDecipheriv, hash, randomBytes } from 'node:crypto';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { LRUCache } from 'lru-cache';
import { StoreOpenError } from '../store-errors.ts';

/** Puts texts into bytes for a store, and back. */
export interface Seal {
  /** `name` is bound to the bytes: they cannot be read under another one. Effects: random nonces. */
  readonly close: (name: string, text: string) => Buffer;
  /** Null for bytes that are cut, changed, of another name, or sealed with another key. */
  readonly open: (name: string, sealed: Uint8Array) => string | null;
}

// Smaller texts gain little: unpacking costs some 100 µs, as much as the rest of a hit.
const COMPRESS_FROM = 4096;
// What was opened lately is known by its head (nonce and tag, or checksum), which no other text of that name has.
const OPENED_BYTES = 16 * 1024 * 1024;
const HEAD = 29;
// A text that unpacks to more was never written here.
const MAX_TEXT_BYTES = 64 * 1024 * 1024;
const NONCE = 12;
const TAG = 16;
const CHECK = 8;
const PLAIN = 0;
const PACKED = 1;
const SECRET = 2;

/**
 * Creates the seal of a process: zstd for large texts, then AES-256-GCM where there is a key, else a checksum, so that a torn write is
 * never taken for an answer. The first key closes, each of them opens.
 */
export function createSeal(keys: readonly Buffer[]): Seal {
  const [key = null] = keys;
  const opened = new LRUCache<string, { readonly head: Buffer; readonly length: number; readonly text: string }>({
    maxSize: OPENED_BYTES,
    sizeCalculation: ({ text }) => 2 * text.length + 256,
  });
  return {
    close(name, text) {
      const plain = Buffer.from(text, 'utf8');
      const isPacked = plain.length >= COMPRESS_FROM;
      const body = isPacked ? zstdCompressSync(plain) : plain;
      const kind = (isPacked ? PACKED : PLAIN) | (key === null ? 0 : SECRET);
      if (key === null) return Buffer.concat([Buffer.of(kind), checkOf(`${kind}:${name}`, body), body]);
      const nonce = randomBytes(NONCE);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      cipher.setAAD(Buffer.from(`${kind}:${name}`));
      const secret = Buffer.concat([cipher.update(body), cipher.final()]);
      return Buffer.concat([Buffer.of(kind), nonce, cipher.getAuthTag(), secret]);
    },
    open(name, bytes) {
      const sealed = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const kind = sealed[0] ?? PLAIN;
      const known = opened.get(name);
      if (known?.length === sealed.length && known.head.equals(sealed.subarray(0, HEAD))) return known.text;
      // With a key in use, what was written without one is not trusted: whoever can write the file could have put it there.
      if ((kind & SECRET) !== (key === null ? 0 : SECRET)) return null;
      try {
        const body = key === null ? openPlain(name, sealed) : openByAny(name, sealed, keys);
        if (body === null) return null;
        const plain = (kind & PACKED) === 0 ? body : zstdDecompressSync(body, { maxOutputLength: MAX_TEXT_BYTES });
        const text = plain.toString('utf8');
        opened.set(name, { head: Buffer.from(sealed.subarray(0, HEAD)), length: sealed.length, text });
        return text;
      } catch {
        return null;
      }
    },
  };
}

function openPlain(name: string, sealed: Buffer): Buffer | null {
  const body = sealed.subarray(1 + CHECK);
  return sealed.subarray(1, 1 + CHECK).equals(checkOf(`${sealed[0]}:${name}`, body)) ? body : null;
}

/** A key that does not fit says so by its tag. */
function openByAny(name: string, sealed: Buffer, keys: readonly Buffer[]): Buffer | null {
  for (const key of keys) {
    try {
      return openSecret(name, sealed, key);
    } catch {
      // The next one may fit.
    }
  }
  return null;
}

function openSecret(name: string, sealed: Buffer, key: Buffer): Buffer {
  const head = 1 + NONCE;
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, head), { authTagLength: TAG });
  decipher.setAAD(Buffer.from(`${sealed[0]}:${name}`));
  decipher.setAuthTag(sealed.subarray(head, head + TAG));
  return Buffer.concat([decipher.update(sealed.subarray(head + TAG)), decipher.final()]);
}

function checkOf(name: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name), body]);
  return hash('sha256', named, 'buffer').subarray(0, CHECK);
}

/**
 * Reads `SIGNALBOX_CACHE_KEY`: 32 bytes in hex or base64, or several with commas between them, the newest first; empty when it is not set. Throws StoreOpenError. Pure.
 */
export function readSealKeys(text: string | null | undefined): readonly Buffer[] {
  if (!text) return [];
  return text.split(',').map((each) => {
    const written = each.trim();
    const key = /^[0-9a-f]{64}$/i.test(written) ? Buffer.from(written, 'hex') : Buffer.from(written, 'base64');
    if (key.length === 32) return key;
    throw new StoreOpenError(
      'SIGNALBOX_CACHE_KEY is not 32 bytes in hex or base64, nor several with commas between them.',
      'Make one with `openssl rand -base64 32`.',
    );
  });
}
