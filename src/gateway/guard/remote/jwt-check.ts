import { asArray, asString, isObject, type JsonObject } from '#core';
import type { Verdict } from '#guardrails';
import { fetchJson } from './post-json.ts';
import type { RemoteQuestion } from './remote-question.ts';
import { isSignedBy, meetsRules, type ReadToken, readToken, type WebKey } from './verify-token.ts';

const KEEP_MS = 10 * 60_000;
/** An unknown key asks again, but a flood of forged tokens does not flood the issuer. */
const ASK_AGAIN_MS = 30_000;

interface KeySet {
  readonly keys: readonly WebKey[];
  readonly fetchedAtMs: number;
}

/** Key sets by the settings of the check that asks: they go with its policies. */
const KEY_SETS = new WeakMap<JsonObject, Promise<KeySet>>();

/** Holds a header's token against a set of keys; rejects when the set cannot be had and none is kept. */
export async function askJwtCheck(question: RemoteQuestion): Promise<Verdict> {
  const { parts, progress, settings } = question;
  const given = progress.call.headers[String(settings.header)];
  const token = readToken(String(given ?? '').replace(/^bearer /i, ''));
  if (token === null) return { kind: 'found' };
  const audience = [settings.audience].flat().filter((each) => typeof each === 'string');
  const rules = { issuer: asString(settings.issuer) ?? null, audience, nowMs: parts.nowMs() };
  if (!meetsRules(token, rules)) return { kind: 'found' };
  return (await isSigned(question, token)) ? { kind: 'pass' } : { kind: 'found' };
}

async function isSigned(question: RemoteQuestion, token: ReadToken): Promise<boolean> {
  const nowMs = question.parts.nowMs();
  const set = await keySet(question, KEEP_MS);
  if (set.keys.some((key) => fits(key, token) && isSignedBy(token, key))) return true;
  const isKnown = set.keys.some((key) => key.kid !== undefined && key.kid === token.header.kid);
  if (isKnown || nowMs - set.fetchedAtMs < ASK_AGAIN_MS) return false;
  const { keys } = await keySet(question, ASK_AGAIN_MS);
  return keys.some((key) => fits(key, token) && isSignedBy(token, key));
}

function fits({ kid }: WebKey, { header }: ReadToken): boolean {
  return header.kid === undefined || kid === undefined || kid === header.kid;
}

/** The set, fetched when it is older than that; one call for all who wait. While a new one cannot be had, the old one counts. */
async function keySet(question: RemoteQuestion, maxAgeMs: number): Promise<KeySet> {
  const { settings, parts } = question;
  const nowMs = parts.nowMs();
  const kept = await KEY_SETS.get(settings)?.catch(() => null);
  if (kept && nowMs - kept.fetchedAtMs < maxAgeMs) return kept;
  const fetched = fetchKeys(String(settings.url), question);
  KEY_SETS.set(settings, fetched);
  try {
    return await fetched;
  } catch (error) {
    if (!kept) throw error;
    KEY_SETS.set(settings, Promise.resolve(kept));
    return kept;
  }
}

async function fetchKeys(url: string, question: RemoteQuestion): Promise<KeySet> {
  const nowMs = question.parts.nowMs();
  const { keys } = await fetchJson(url, { method: 'GET' }, question);
  return { keys: asArray(keys).filter(isObject) as readonly WebKey[], fetchedAtMs: nowMs };
}
