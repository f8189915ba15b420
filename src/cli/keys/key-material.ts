import { randomBytes } from 'node:crypto';
import { sha256 } from '#core';

const KEY_BYTES = 32;
const KEY = /^sbx_[A-Za-z0-9_-]{32,}$/;

/** A new consumer key of 256 random bits. The one place where a key is made; nothing keeps it. Effect: reads randomness. */
export function makeKey(): string {
  return `sbx_${randomBytes(KEY_BYTES).toString('base64url')}`;
}

/** Tells whether a text has the form of a consumer key. Pure. */
export function isKey(text: string): boolean {
  return KEY.test(text);
}

/** What stands in a Consumer document for a key. Pure. */
export function hashKey(key: string): string {
  return sha256(key);
}
