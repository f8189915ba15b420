import type { TrafficRecord } from '#decision-log';
import type { LineStart, QuickRecord } from './line-start.ts';
import { type IsFree, ownText } from './number-templates.ts';
import { createQuickRequests, type KnownDecision, type SharedRequest } from './quick-request.ts';
import { shapeOf } from './record-shape.ts';
import { addToShelf, readFromShelf, type TemplateShelf, type TextToAdd } from './template-shelf.ts';

/** Reads lines as the gateway writes them; null for any other. */
export interface GatewayLines {
  readonly read: (text: string, start: LineStart) => QuickRecord | null;
}

type Mutable<Value> = { -readonly [Key in keyof Value]: Value[Key] };

/** What stands between the time of a record and its request. */
interface KnownHead {
  /** With how the request begins. */
  readonly text: string;
  /** One object for all records with this head whose answer is among their attempts. */
  readonly record: Mutable<TrafficRecord>;
}

const REQUEST = ',"request":{"endpoint":';
const ENDPOINT = '{"endpoint":';
const DECISION = ',"decision":{"route":';
const RESERVATIONS = ',"reservations":[';
const ATTEMPTS = ',"attempts":[';
const OUTCOME = ',"outcome":{"status":';

/** A part whose numbers are read. */
interface Part {
  /** How what follows it begins. */
  readonly next: string;
  readonly isFree: IsFree;
}

const FACTS_PART: Part = { next: DECISION, isFree: () => true };
/** Most numbers of calls are zero and stay so, as tokens of audio: then they are part of the text. */
const isNotZero: IsFree = (path, value) => value !== 0 && path.at(-1) !== 'status';
const ATTEMPTS_PART: Part = { next: OUTCOME, isFree: isNotZero };

/**
 * Creates a reader of its own memory; `numberPiece` counts what it remembers. Parts are found by the writer's field order; an unescaped quote cannot stand inside a JSON
 * string, so no text of a caller can pass for one. What a replay does not read is left out: digests, reservations, and the outcome of a request whose answer is
 * among its attempts.
 */
export function createGatewayLines(numberPiece: () => number): GatewayLines {
  const requests = createQuickRequests(numberPiece);
  const heads = new Map<string, KnownHead>();
  const decisions = new Map<string, KnownDecision>();
  let lastHead: KnownHead | null = null;
  /** Where the part ends that was last read. */
  let end = 0;

  function read(text: string, start: LineStart): QuickRecord | null {
    if (text.slice(-2) !== '}}') return null;
    const head = headAt(text, start.end);
    if (head === null) return null;
    const shared = requests.read(text, start.end + head.text.length - ENDPOINT.length);
    if (shared === null) return null;
    const { kind, request } = shared;
    const facts = partAt(kind.facts, text, requests.factsAt(), FACTS_PART);
    if (typeof facts?.nowMs !== 'number') return null;
    const decision = decisionAt(shared, text, end);
    const attempts = decision === null ? null : partAt(kind.attempts, text, end, ATTEMPTS_PART);
    if (decision === null || attempts === null || text.slice(end, end + OUTCOME.length) !== OUTCOME) return null;
    const { record } = head;
    record.id = start.id;
    record.at = start.at;
    record.request = request;
    record.facts = facts;
    record.decision = decision;
    record.attempts = attempts;
    if (shared.facts !== facts) {
      shared.facts = facts;
      shared.shape = shapeOf(record, shared.name);
    }
    if (holdsAnswer(attempts)) return { record, shape: shared.shape };
    const rest = restAt(kind.rests, text, end + 1);
    return { record: { ...record, ...rest }, shape: shared.shape };
  }

  function headAt(text: string, start: number): KnownHead | null {
    if (lastHead !== null && text.slice(start, start + lastHead.text.length) === lastHead.text) return lastHead;
    const request = text.indexOf(REQUEST, start);
    if (request < 0) return null;
    const piece = text.slice(start, request + REQUEST.length);
    lastHead = heads.get(piece) ?? rememberHead(piece);
    return lastHead;
  }

  function rememberHead(piece: string): KnownHead {
    const record = JSON.parse(`{"v":1,"id":"","at":""${piece.slice(0, -REQUEST.length)}}`) as TrafficRecord;
    const head = { text: ownText(piece), record };
    heads.set(head.text, head);
    numberPiece();
    return head;
  }

  function partAt<Value>(shelf: TemplateShelf<Value>, text: string, start: number, part: Part): Value | null {
    const template = readFromShelf(shelf, text, start);
    end = template?.endsAt ?? text.indexOf(part.next, start);
    if (template !== null) return template.value;
    return end < 0 ? null : parsePart(shelf, { text: text.slice(start, end), lead: '', isFree: part.isFree });
  }

  /** What follows the attempts, to the end of the line. */
  function restAt(shelf: TemplateShelf<Partial<TrafficRecord>>, text: string, start: number): Partial<TrafficRecord> {
    const template = readFromShelf(shelf, text, start);
    if (template?.endsAt === text.length) return template.value;
    return parsePart(shelf, { text: text.slice(start), lead: '{', isFree: isNotZero });
  }

  function parsePart<Value>(shelf: TemplateShelf<Value>, part: TextToAdd): Value {
    // A template costs as much as three texts to parse: requests that come once are not worth one.
    const isFirst = shelf.missed === 0;
    const template = isFirst ? null : addToShelf(shelf, part);
    if (isFirst) shelf.missed = 1;
    if (template === null) return JSON.parse(part.lead + part.text) as Value;
    numberPiece();
    return template.value;
  }

  function decisionAt(shared: SharedRequest, text: string, start: number): KnownDecision['decision'] | null {
    const known = shared.decision;
    if (known !== null && text.slice(start, start + known.text.length) === known.text) {
      end = attemptsAfter(known, text, start);
      if (end >= 0) return known.decision;
    }
    const found = findDecision(text, start);
    if (found === null) return null;
    shared.decision = found;
    end = attemptsAfter(found, text, start);
    return end < 0 ? null : found.decision;
  }

  function findDecision(text: string, start: number): KnownDecision | null {
    const reservations = text.indexOf(RESERVATIONS, start);
    const held = reservations < 0 ? null : text.slice(start, reservations + RESERVATIONS.length);
    if (held !== null && attemptsAfter({ text: held, hasReservations: true }, text, start) >= 0)
      return decisions.get(held) ?? rememberDecision(held, `${held.slice(0, -RESERVATIONS.length)}}`, true);
    const attempts = text.indexOf(ATTEMPTS, start);
    if (attempts < 0) return null;
    const piece = text.slice(start, attempts + ATTEMPTS.length);
    return decisions.get(piece) ?? rememberDecision(piece, piece.slice(0, -ATTEMPTS.length), false);
  }

  function rememberDecision(piece: string, json: string, hasReservations: boolean): KnownDecision {
    const decision = JSON.parse(json.slice(',"decision":'.length)) as KnownDecision['decision'];
    const known = { text: ownText(piece), hasReservations, decision };
    decisions.set(known.text, known);
    numberPiece();
    return known;
  }

  return { read };
}

/** Where the attempts begin behind a decision; -1 where its reservations are not as they mostly are. */
function attemptsAfter(
  { text: piece, hasReservations }: Omit<KnownDecision, 'decision'>,
  text: string,
  start: number,
): number {
  const pieceEnd = start + piece.length;
  if (!hasReservations) return pieceEnd - 1;
  const after = text.indexOf(']', pieceEnd) + 1;
  const attempts = after + 1 + ATTEMPTS.length;
  return after > 0 && text.slice(after, attempts) === `}${ATTEMPTS}` ? attempts - 1 : -1;
}

function holdsAnswer(attempts: NonNullable<TrafficRecord['attempts']>): boolean {
  for (const { outcome, usage } of attempts) if (outcome === 'ok' && usage != null) return true;
  return false;
}
