import { constants, createPublicKey, type KeyObject, verify, type webcrypto } from 'node:crypto';
import { asNumber, asString, isObject, type JsonObject, parseJson } from '#core';

/** A key of a set, as RFC 7517 writes it. */
export type WebKey = webcrypto.JsonWebKey & { readonly kid?: string };

/** The parts of a token, not yet believed. */
export interface ReadToken {
  readonly header: JsonObject;
  readonly claims: JsonObject;
  readonly signed: Buffer;
  readonly signature: Buffer;
}

/** What a token must say. */
export interface TokenRules {
  readonly issuer: string | null;
  /** Any of these; empty for whatever it is. */
  readonly audience: readonly string[];
  readonly nowMs: number;
}

const LONGEST_TOKEN = 16_384;
/** Clocks differ. */
const LEEWAY_S = 60;
const HASH_OF: Readonly<Record<string, string>> = { '256': 'sha256', '384': 'sha384', '512': 'sha512' };
// RFC 7518 §3.4: each hash has its curve.
const CURVE_OF: Readonly<Record<string, string>> = { ES256: 'prime256v1', ES384: 'secp384r1', ES512: 'secp521r1' };

/** Takes a compact JSON web token apart (RFC 7515 §7.1); null where it is none. Pure. */
export function readToken(text: string): ReadToken | null {
  if (text.length > LONGEST_TOKEN) return null;
  const [header = '', claims = '', signature = '', ...rest] = text.split('.');
  if (rest.length > 0 || signature === '' || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(text)) return null;
  const [read, said] = [header, claims].map((part) => parseJson(Buffer.from(part, 'base64url').toString('utf8')));
  // RFC 7515 §4.1.11: what is critical and not understood is refused.
  if (!isObject(read) || !isObject(said) || read.crit !== undefined) return null;
  const signed = Buffer.from(`${header}.${claims}`);
  return { header: read, claims: said, signed, signature: Buffer.from(signature, 'base64url') };
}

/** Whether the key made the signature, by the algorithm that the header names and the key is for. Pure. */
export function isSignedBy({ header, signed, signature }: ReadToken, key: WebKey): boolean {
  const algorithm = asString(header.alg) ?? '';
  if ((key.alg !== undefined && key.alg !== algorithm) || (key.use !== undefined && key.use !== 'sig')) return false;
  const made = publicKey(key);
  if (made === null) return false;
  const type = made.asymmetricKeyType;
  if (algorithm === 'EdDSA') return (type === 'ed25519' || type === 'ed448') && verify(null, signed, made, signature);
  const [, family = '', bits = ''] = /^(RS|PS|ES)(256|384|512)$/.exec(algorithm) ?? [];
  const hash = HASH_OF[bits];
  if (hash === undefined) return false;
  if (family === 'ES') {
    const isOnCurve = type === 'ec' && made.asymmetricKeyDetails?.namedCurve === CURVE_OF[algorithm];
    return isOnCurve && verify(hash, signed, { key: made, dsaEncoding: 'ieee-p1363' }, signature);
  }
  if (type !== 'rsa') return false;
  const padding = family === 'PS' ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING;
  return verify(hash, signed, { key: made, padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }, signature);
}

/** Whether a token is in force and meant for us: it ends, has not ended, has begun, and names issuer and audience. Pure. */
export function meetsRules({ claims }: ReadToken, { issuer, audience, nowMs }: TokenRules): boolean {
  const nowS = nowMs / 1000;
  const ends = asNumber(claims.exp);
  const begins = asNumber(claims.nbf) ?? 0;
  if (ends === undefined || ends + LEEWAY_S <= nowS || begins - LEEWAY_S > nowS) return false;
  if (issuer !== null && claims.iss !== issuer) return false;
  return audience.length === 0 || [claims.aud].flat().some((each) => audience.includes(String(each)));
}

function publicKey(key: WebKey): KeyObject | null {
  try {
    return key.kty === 'oct' ? null : createPublicKey({ key, format: 'jwk' });
  } catch {
    return null;
  }
}
