import { isObject } from '#core';
import type { TrafficRecord } from '#decision-log';
import { ownText, wholeNumber } from './number-templates.ts';
import { createShelf, moveToFront, type TemplateShelf } from './template-shelf.ts';

type Facts = NonNullable<TrafficRecord['facts']>;
type Attempts = NonNullable<TrafficRecord['attempts']>;
type Mutable<Value> = { -readonly [Key in keyof Value]: Value[Key] };

/** Requests that begin alike, up to their input tokens. */
export interface RequestKind {
  readonly recent: Surroundings[];
  readonly facts: TemplateShelf<Facts>;
  readonly attempts: TemplateShelf<Attempts>;
  /** What follows the attempts. */
  readonly rests: TemplateShelf<Partial<TrafficRecord>>;
}

/** Requests that differ in their sizes, session and digests only. */
export interface SharedRequest {
  readonly kind: RequestKind;
  /** One object for all of them: it holds the sizes and the session of the last one read. */
  readonly request: Mutable<TrafficRecord['request']>;
  /** A short name for everything about the request that they share. */
  readonly name: string;
  /** The decision last seen with such a request: the next one is most likely the same, and comparing costs less than looking it up. */
  decision: KnownDecision | null;
  /** The facts last seen with such a request, and the shape of both. */
  facts: Facts | null;
  shape: string;
}

/** A decision as it stands in lines. */
export interface KnownDecision {
  /** From `,"decision":` to `,"reservations":[`, or to the attempts where it held nothing. */
  readonly text: string;
  readonly hasReservations: boolean;
  readonly decision: NonNullable<TrafficRecord['decision']>;
}

/** Reads requests of lines as the gateway writes them. */
export interface QuickRequests {
  /** The request that begins at `start`; null for any other text. */
  readonly read: (text: string, start: number) => SharedRequest | null;
  /** Where the facts begin that follow the request last read. */
  readonly factsAt: () => number;
}

/** What stands around the sizes of a request. */
interface Surroundings {
  readonly isBounded: boolean;
  /** From the input tokens, or from a bound that is a number, to the session. */
  readonly middle: string;
  /** From the digests to the facts. */
  readonly tail: string;
  readonly shared: SharedRequest;
}

const TOKENS = '"inputTokens":';
const AT_MOST = ',"inputTokensAtMost":';
const SESSION = ',"session":';
const BODY = ',"bodyBytes":';
const DIGESTS = ',"digests":{';
const FACTS = ',"facts":{"nowMs":';
const NO_SESSION = `null${BODY}`;
const MAX_RECENT = 8;

/** Creates a reader of its own memory. `numberPiece` counts what it remembers: no number comes twice. */
export function createQuickRequests(numberPiece: () => number): QuickRequests {
  const kinds = new Map<string, RequestKind>();
  const known = new Map<string, SharedRequest>();
  let factsAt = 0;

  function read(text: string, start: number): SharedRequest | null {
    const tokens = text.indexOf(TOKENS, start) + TOKENS.length;
    if (tokens < TOKENS.length) return null;
    const tokensEnd = text.indexOf(',', tokens);
    const beginning = text.slice(start, tokens);
    const kind = kinds.get(beginning) ?? rememberKind(beginning);
    const most = tokensEnd + AT_MOST.length;
    const isBounded = text.slice(tokensEnd, most) === AT_MOST && !text.startsWith('null', most);
    const from = isBounded ? text.indexOf(',', most) : tokensEnd;
    const around =
      fitting(kind.recent, text, from, isBounded) ?? rememberAround(kind, beginning, text, from, isBounded);
    if (around === null) return null;
    const { request } = around.shared;
    request.inputTokens = wholeNumber(text, tokens, tokensEnd);
    if (isBounded) request.inputTokensAtMost = wholeNumber(text, most, from);
    return around.shared;
  }

  /** The surroundings that the text has from `from` on. Reads the session and the size of the body, and finds the facts. */
  function fitting(recent: Surroundings[], text: string, from: number, isBounded: boolean): Surroundings | null {
    for (const around of recent) {
      const session = from + around.middle.length;
      if (around.isBounded !== isBounded || text.slice(from, session) !== around.middle) continue;
      const isAbsent = text.slice(session, session + NO_SESSION.length) === NO_SESSION;
      const body = (isAbsent ? session + 'null'.length : text.indexOf(BODY, session)) + BODY.length;
      const digests = text.indexOf(',', body);
      if (body < session || text.slice(digests, digests + DIGESTS.length) !== DIGESTS) continue;
      const tail = text.indexOf('}', digests) + 1;
      const end = tail + around.tail.length;
      if (text.slice(tail, end) !== around.tail) continue;
      const { request } = around.shared;
      request.session = isAbsent ? null : (JSON.parse(text.slice(session, body - BODY.length)) as string);
      request.bodyBytes = wholeNumber(text, body, digests);
      factsAt = end - '{"nowMs":'.length;
      moveToFront(recent, around);
      return around;
    }
    return null;
  }

  function rememberAround(
    kind: RequestKind,
    beginning: string,
    text: string,
    from: number,
    isBounded: boolean,
  ): Surroundings | null {
    const session = text.indexOf(SESSION, from);
    const body = text.indexOf(BODY, session);
    const digests = text.indexOf(DIGESTS, body);
    const digestsEnd = text.indexOf('}', digests) + 1;
    const facts = text.indexOf(FACTS, digestsEnd);
    if (session < 0 || body < 0 || digests < 0 || facts < 0) return null;
    const middle = ownText(text.slice(from, session + SESSION.length));
    const tail = ownText(text.slice(digestsEnd, facts + FACTS.length));
    const bound = isBounded ? `${AT_MOST}0` : '';
    const json = `${beginning}0${bound}${middle.slice(0, -SESSION.length)}${tail.slice(0, -FACTS.length)}`;
    const shared = known.get(json) ?? rememberRequest(kind, json);
    if (shared === null) return null;
    if (kind.recent.length >= MAX_RECENT) kind.recent.pop();
    kind.recent.unshift({ isBounded, middle, tail, shared });
    return fitting(kind.recent, text, from, isBounded);
  }

  function rememberRequest(kind: RequestKind, json: string): SharedRequest | null {
    const request: unknown = JSON.parse(json);
    if (!isObject(request)) return null;
    const shared: SharedRequest = {
      kind,
      request: request as unknown as TrafficRecord['request'],
      name: `#${numberPiece()}`,
      decision: null,
      facts: null,
      shape: '',
    };
    known.set(ownText(json), shared);
    return shared;
  }

  function rememberKind(beginning: string): RequestKind {
    const kind = {
      recent: [],
      facts: createShelf<Facts>(),
      attempts: createShelf<Attempts>(),
      rests: createShelf<Partial<TrafficRecord>>(),
    };
    kinds.set(ownText(beginning), kind);
    numberPiece();
    return kind;
  }

  return { read, factsAt: () => factsAt };
}
