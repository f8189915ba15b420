import type { NeutralEvent, PartStart } from '#core';
import { checkToolCall, restoreArguments } from './check-answer.ts';
import { textVisitor } from './check-body.ts';
import { checkCitation, WITHHELD_LOGPROBS } from './check-sources.ts';
import { findSpans, type GuardRun, maskSpans, noteSpans } from './check-text.ts';
import { holdUntilSeen } from './hold.ts';
import { holdPlaceholder, type Vault } from './vault.ts';
import { mapFree } from './walk-json.ts';

/** Checks the events of one streamed answer as they come. */
export interface StreamCheck {
  /** Events that may go on now. Throws `guardrail_blocked`; nothing forbidden was released before. */
  readonly push: (event: NeutralEvent) => readonly NeutralEvent[];
}

type Delta = Extract<NeutralEvent, { kind: 'text-delta' | 'refusal-delta' | 'reasoning-delta' }>;

/** What is known of one part of one choice. */
interface Channel {
  readonly start: PartStart;
  readonly kind: Delta['kind'];
  /** The end of what was checked: it decides about word boundaries of what follows. */
  before: string;
  /** Text that has not been released, since it may belong to a finding. */
  pending: string;
  /** Checked text that may be the beginning of a placeholder. */
  unrestored: string;
  isMasked: boolean;
  /** A tool’s arguments so far. */
  readonly pieces: string[];
}

const BEFORE_UNITS = 128;

/**
 * Creates the check of one stream in window mode. Text goes on as soon as nothing that follows can make it part of a finding: at most `reach` units are
 * kept back, mostly a word. Arguments of tools wait until the call is whole. `guard` null only puts masked texts back.
 */
export function createStreamCheck(run: GuardRun | null, vault: Vault): StreamCheck {
  const channels = new Map<string, Channel>();
  /** Parts whose words were changed, ended ones too. */
  const masked = new Set<string>();

  function push(event: NeutralEvent): readonly NeutralEvent[] {
    switch (event.kind) {
      case 'part-start':
        return [open(event)];
      case 'text-delta': {
        const taken = take(event);
        return event.logprobs === undefined ? taken : [{ kind: 'unread', what: WITHHELD_LOGPROBS }, ...taken];
      }
      case 'refusal-delta':
      case 'reasoning-delta':
        return take(event);
      case 'citation': {
        const isTextChanged = masked.has(keyOf(event)) || vault.isRestoring();
        return [{ ...event, citation: checkCitation(run, event.citation, isTextChanged) }];
      }
      case 'tool-arguments-delta':
        channels.get(keyOf(event))?.pieces.push(event.arguments);
        return [];
      case 'reasoning-signature': {
        const channel = channels.get(keyOf(event));
        const rest = channel === undefined ? [] : release(channel, event, true);
        // It was made for other words.
        return channel?.isMasked === true ? rest : [...rest, event];
      }
      case 'part-end': {
        const rest = close(event);
        return [...rest, event];
      }
      case 'finish': {
        const open = [...channels.keys()].filter((key) => key.startsWith(`${event.choice}/`));
        return [...open.flatMap((key) => close(placeOf(key))), event];
      }
      default:
        return [event];
    }
  }

  function open(event: Extract<NeutralEvent, { kind: 'part-start' }>): NeutralEvent {
    const { part } = event;
    const kind = part.kind === 'refusal' || part.kind === 'reasoning' ? (`${part.kind}-delta` as const) : 'text-delta';
    channels.set(keyOf(event), {
      start: part,
      kind,
      before: '',
      pending: '',
      unrestored: '',
      isMasked: false,
      pieces: [],
    });
    if (part.kind !== 'whole' || run === null) return event;
    const checked = mapFree(part.part, textVisitor(run)) as typeof part.part;
    return { ...event, part: { ...part, part: checked } };
  }

  function take(event: Delta): readonly NeutralEvent[] {
    const channel = channels.get(keyOf(event));
    // A delta outside its part is a broken stream: nothing of it can be checked, so nothing goes on.
    if (channel === undefined) return [];
    channel.pending += event.text;
    return release(channel, event, false);
  }

  function close(place: Place): readonly NeutralEvent[] {
    const key = keyOf(place);
    const channel = channels.get(key);
    if (channel === undefined) return [];
    channels.delete(key);
    if (channel.start.kind !== 'tool-call') return release(channel, place, true);
    const text = channel.pieces.join('');
    const checked = run === null ? text : checkToolCall(run, channel.start.name, text);
    const restored = restoreArguments(vault, checked);
    const { choice, index } = place;
    return restored === '' ? [] : [{ kind: 'tool-arguments-delta', choice, index, arguments: restored }];
  }

  function release(channel: Channel, { choice, index }: Place, isLast: boolean): readonly NeutralEvent[] {
    const ready = channel.unrestored + checked(channel, isLast);
    if (channel.isMasked) masked.add(keyOf({ choice, index }));
    const cut = isLast || !vault.isRestoring() ? ready.length : holdPlaceholder(ready);
    channel.unrestored = ready.slice(cut);
    const text = vault.restore(ready.slice(0, cut));
    return text === '' ? [] : [{ kind: channel.kind, choice, index, text }];
  }

  /** The beginning of what is pending, checked and masked, as far as it is beyond doubt. */
  function checked(channel: Channel, isLast: boolean): string {
    if (run === null || run.guard.spans.length === 0) {
      const all = channel.pending;
      channel.pending = '';
      return all;
    }
    const { guard, context } = run;
    const offset = channel.before.length;
    const text = channel.before + channel.pending;
    let cut = isLast ? text.length : safeCut(run, text, offset);
    if (cut <= offset && !isLast) return '';
    const settled = findSpans(guard.spans, text, context).filter(({ start, end }) => start < cut && end > offset);
    for (const { end } of settled) cut = Math.max(cut, end);
    if (cut > offset || isLast) noteSpans(run, guard.spans, settled);
    const piece = text.slice(offset, cut);
    const inPiece = settled.map((span) => ({
      ...span,
      start: Math.max(0, span.start - offset),
      end: span.end - offset,
    }));
    const masked = maskSpans(run, piece, inPiece);
    channel.isMasked ||= masked !== piece;
    channel.pending = text.slice(cut);
    channel.before = text.slice(Math.max(0, cut - BEFORE_UNITS), cut);
    return masked;
  }

  return { push };
}

/** Up to where no further text can make a finding; never inside a surrogate pair. */
function safeCut({ guard }: GuardRun, text: string, offset: number): number {
  let cut = text.length;
  for (const { compiled } of guard.spans) {
    const { reach, hold, needs = 0 } = compiled;
    const reached = Math.max(0, text.length - reach);
    const held = Math.max(reached, hold === undefined ? holdUntilSeen(text, reached, needs) : hold(text));
    if (held < cut) cut = held;
    if (cut <= offset) return offset;
  }
  const code = text.charCodeAt(cut - 1);
  return code >= 0xd800 && code <= 0xdbff ? cut - 1 : cut;
}

interface Place {
  readonly choice: number;
  readonly index: number;
}

function keyOf({ choice, index }: Place): string {
  return `${choice}/${index}`;
}

function placeOf(key: string): Place {
  const [choice, index] = key.split('/').map(Number);
  return { choice: choice ?? 0, index: index ?? 0 };
}
