import { isObject } from '#core';
import type { TrafficRecord } from '#decision-log';

type Request = TrafficRecord['request'];
type Decision = NonNullable<TrafficRecord['decision']>;

/** A record as far as a replay reads it, with a short name for everything about the request that others share. It holds until the next line is read: its request is one object for all of a shape. */
export interface QuickRecord {
  readonly record: TrafficRecord;
  readonly requestShape: string;
}

/** Reads lines as the gateway writes them without parsing all of each; null for any other line. */
export interface QuickLines {
  readonly read: (text: string) => QuickRecord | null;
}

type Mutable<Value> = { -readonly [Key in keyof Value]: Value[Key] };

interface SharedRequest {
  readonly request: Mutable<Request>;
  readonly shape: string;
  /** The decision last seen with such a request: the next one is most likely the same, and comparing costs less than looking it up. */
  last: { readonly piece: string; readonly decision: Decision } | null;
}

/** The request of a line, and where it ends. */
interface FoundRequest {
  readonly request: Request;
  readonly shared: SharedRequest;
  /** Where the state that follows it begins. */
  readonly facts: number;
}

/** Beyond it everything remembered is dropped: memory stays flat. */
const MAX_PIECES = 20_000;

const START = '{"v":1,"id":"';
const AT = '","at":"';
const REQUEST = ',"request":{"endpoint":';
const TOKENS = '"inputTokens":';
const AT_MOST = ',"inputTokensAtMost":';
const SESSION = ',"session":';
const BODY = ',"bodyBytes":';
const DIGESTS = ',"digests":{';
const FACTS = ',"facts":{"nowMs":';
const DECISION = ',"decision":{"route":';
const RESERVATIONS = ',"reservations":[';
const ATTEMPTS = ',"attempts":[';
const OUTCOME = ',"outcome":{"status":';

/**
 * Creates a reader of its own memory. A record is 2.5 kB of JSON, of which most is the same from record to record or bears on nothing: parsing all of it takes 6 µs,
 * this 3 µs (measured on Node 26). The pieces are found by the writer's field order; an unescaped quote cannot stand inside a JSON string, so no text of a caller can pass for
 * one. What a replay does not read is left out: digests, reservations, and the outcome of a request whose answer is among its attempts.
 */
export function createQuickLines(): QuickLines {
  const heads = new Map<string, Partial<TrafficRecord>>();
  const requests = new Map<string, SharedRequest>();
  const decisions = new Map<string, Decision>();
  let lastHead: { readonly text: string; readonly head: Partial<TrafficRecord> } = { text: '', head: {} };
  let shapes = 0;

  function read(text: string): QuickRecord | null {
    try {
      return readPieces(text);
    } catch {
      return null;
    }
  }

  function readPieces(text: string): QuickRecord | null {
    if (!text.startsWith(START) || !text.endsWith('}}')) return null;
    const idEnd = text.indexOf('"', START.length);
    const id = text.slice(START.length, idEnd);
    const atStart = idEnd + AT.length;
    const atEnd = text.indexOf('"', atStart);
    if (id === '' || id.includes('\\') || !text.startsWith(AT, idEnd)) return null;
    const requestAt = text.indexOf(REQUEST, atEnd);
    const found = requestAt < 0 ? null : requestIn(text, requestAt + ',"request":'.length);
    if (found === null) return null;
    const { facts } = found;
    const decision = text.indexOf(DECISION, facts);
    const piece = decision < 0 ? null : pieceOfDecision(text, decision);
    if (piece === null) return null;
    const attempts = piece.end;
    const outcome = text.indexOf(OUTCOME, attempts);
    if (outcome < 0) return null;
    const head = headOf(text.slice(atEnd + 1, requestAt));
    const made = JSON.parse(text.slice(attempts + ',"attempts":'.length, outcome)) as NonNullable<
      TrafficRecord['attempts']
    >;
    const isAnswered = holdsAnswer(made);
    const record: TrafficRecord = {
      v: 1,
      id,
      at: text.slice(atStart, atEnd),
      ...head,
      request: found.request,
      facts: JSON.parse(text.slice(facts + ',"facts":'.length, decision)) as NonNullable<TrafficRecord['facts']>,
      decision: decisionOf(found.shared, piece.text),
      attempts: made,
      ...(isAnswered ? {} : (JSON.parse(`{${text.slice(outcome + 1)}`) as Partial<TrafficRecord>)),
    };
    return typeof record.facts?.nowMs === 'number' ? { record, requestShape: found.shared.shape } : null;
  }

  function headOf(text: string): Partial<TrafficRecord> {
    if (text === lastHead.text) return lastHead.head;
    const known = heads.get(text);
    if (known !== undefined) return known;
    const head = text === '' ? {} : (JSON.parse(`{${text.slice(1)}}`) as Partial<TrafficRecord>);
    lastHead = { text: Buffer.from(text).toString(), head };
    return remember(heads, text, head);
  }

  function requestIn(text: string, start: number): FoundRequest | null {
    const tokens = text.indexOf(TOKENS, start) + TOKENS.length;
    const tokensEnd = text.indexOf(',', tokens);
    const most = text.startsWith(AT_MOST, tokensEnd) ? tokensEnd + AT_MOST.length : tokensEnd;
    const mostEnd = most === tokensEnd ? most : text.indexOf(',', most);
    const session = text.indexOf(SESSION, mostEnd);
    const body = text.indexOf(BODY, session);
    const digests = text.indexOf(DIGESTS, body);
    if (tokens < TOKENS.length || session < 0 || body < 0 || digests < 0) return null;
    const digestsEnd = text.indexOf('}', digests) + 1;
    const end = text.startsWith(FACTS, digestsEnd + 1) ? digestsEnd + 1 : text.indexOf(FACTS, digestsEnd);
    if (end < 0) return null;
    const inputTokens = Number(text.slice(tokens, tokensEnd));
    const bodyBytes = Number(text.slice(body + BODY.length, digests));
    const bound = most === tokensEnd || text.startsWith('null', most) ? null : Number(text.slice(most, mostEnd));
    if (!Number.isInteger(inputTokens) || !Number.isInteger(bodyBytes) || !Number.isInteger(bound ?? 0)) return null;
    // A bound that is null, or not there, stays in the text; a number only says that there is one.
    const place = bound === null ? text.slice(tokensEnd, mostEnd) : `${AT_MOST}0`;
    const template = `${text.slice(start, tokens)}0${place}${text.slice(mostEnd, session)}${text.slice(digestsEnd, end)}`;
    let shared = requests.get(template);
    if (shared === undefined) {
      const value: unknown = JSON.parse(template);
      if (!isObject(value)) return null;
      shapes += 1;
      shared = remember(requests, template, { request: value as unknown as Request, shape: `#${shapes}`, last: null });
    }
    const at = session + SESSION.length;
    const sent = text.startsWith('null', at) ? null : (JSON.parse(text.slice(at, body)) as string);
    const { request } = shared;
    request.inputTokens = inputTokens;
    if (bound !== null) request.inputTokensAtMost = bound;
    request.session = sent;
    request.bodyBytes = bodyBytes;
    return { request, shared, facts: end };
  }

  function decisionOf(shared: SharedRequest, piece: string): Decision {
    if (shared.last?.piece === piece) return shared.last.decision;
    const decision = decisions.get(piece) ?? remember(decisions, piece, JSON.parse(piece) as Decision);
    shared.last = { piece: Buffer.from(piece).toString(), decision };
    return decision;
  }

  return { read };
}

function holdsAnswer(attempts: NonNullable<TrafficRecord['attempts']>): boolean {
  for (const { outcome, usage } of attempts) if (outcome === 'ok' && usage != null) return true;
  return false;
}

/** The decision without what it held, and where the attempts begin. */
function pieceOfDecision(text: string, start: number): { readonly text: string; readonly end: number } | null {
  const from = start + ',"decision":'.length;
  const reservations = text.indexOf(RESERVATIONS, from);
  const after = reservations < 0 ? -1 : text.indexOf(']', reservations) + 1;
  if (after > 0 && text.startsWith(ATTEMPTS, after + 1)) {
    return { text: `${text.slice(from, reservations)}}`, end: after + 1 };
  }
  const end = text.indexOf(ATTEMPTS, from);
  return end < 0 ? null : { text: text.slice(from, end), end };
}

function remember<Value>(pieces: Map<string, Value>, text: string, value: Value): Value {
  if (pieces.size >= MAX_PIECES) pieces.clear();
  // A slice would keep the whole line alive.
  pieces.set(Buffer.from(text).toString(), value);
  return value;
}
