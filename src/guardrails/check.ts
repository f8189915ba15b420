import type { JsonObject } from '#core';
import type { GuardrailSpec } from '#snapshot';

/*
 * How a check is made: one file checks/<name>.ts that exports one `Check`, entered in registry.ts.
 *
 * `compile` runs once, when policies come into service, never per request: expressions, tables and validators are made there. What it
 * returns is pure and keeps no state. The pipeline does the rest, for every check alike: which texts of a request or an answer are looked
 * at, streams, masks and their way back, verdicts, records. No check sees a dialect, a chunk or a provider.
 */

/** A kind of check: what it is, how it is made from a policy's options, and a case of its own for every generated test. */
export interface Check {
  /** Kebab-case; `check:` in a policy. */
  readonly name: string;
  /** One sentence for the documentation: what is found. */
  readonly summary: string;
  /** What it does not find, or finds wrongly; for the documentation. */
  readonly limits?: string;
  /** Where it makes sense; a policy that asks for more is told. Absent: both. */
  readonly stages?: readonly Stage[];
  /** Absent: those its compiled kinds can do (only `spans` and a `whole` with a replacement can mask). */
  readonly actions?: readonly Action[];
  /** Throws CheckOptionError. */
  readonly compile: (options: CheckOptions) => CompiledCheck | readonly CompiledCheck[];
  readonly sample: CheckSample;
}

/** Whether what goes in or what comes out is looked at. */
export type Stage = 'input' | 'output';
/** What follows from a finding. */
export type Action = 'block' | 'mask' | 'flag';

/** A check as the policy wrote it; every option but `id`, `check` and `action` is the check's own. */
export type CheckOptions = Partial<GuardrailSpec['checks'][number]>;

/** A case that the check must find and one that it must not, with the options to do so. Never real data. */
export interface CheckSample {
  readonly options: CheckOptions;
  readonly hit: SampleCase;
  readonly miss: SampleCase;
}

/** What a sample is about: a text (of any message, answer or argument), a tool call, or a request. */
export type SampleCase =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'tool-call'; readonly name: string; readonly arguments: JsonObject }
  | { readonly kind: 'request'; readonly request: Partial<GuardedRequest> };

/** A check made ready; one policy entry may come to several (a tool list looks at tools on offer and at calls). */
export type CompiledCheck = SpanCheck | WholeCheck | ToolCallCheck | RequestCheck | RemoteCheck;

/**
 * Finds places in a text. Runs on every text apart: each message, tool result, string of an argument, part of an answer.
 * Time: linear in the text. Result: sorted by start, without overlap, within the text.
 */
export interface SpanCheck {
  readonly kind: 'spans';
  /** Stands in a mask: `EMAIL` becomes `[EMAIL_1]`. Upper case letters, digits, `_`. */
  readonly label: string;
  readonly find: (text: string, context: CheckContext) => readonly Span[];
  /**
   * The longest possible finding in UTF-16 units, with the characters beside it that decide about it (a word boundary is one). A stream keeps back
   * so much of its end; a longer finding may be missed when it is cut.
   */
  readonly reach: number;
  /**
   * The earliest index from which the text could still become, or become part of, a finding when more text follows; `text.length` if none. Absent: `text.length - reach`.
   * It lets a stream flow: most checks need to keep back a word, not `reach`. See hold.ts for the usual ones.
   */
  readonly hold?: (text: string) => number;
  /** Characters that every finding has, as bits of char-classes.ts: texts without them are not searched. */
  readonly needs?: number;
}

/** One finding in a text: UTF-16 offsets, `end` exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
  /** Takes the place of the check's own. */
  readonly label?: string;
  /** 0 to 1, for checks with a `threshold`. */
  readonly score?: number;
}

/** Judges a whole text: its language, length, form. An answer that streams is held until it is whole. */
export interface WholeCheck {
  readonly kind: 'whole';
  readonly judge: (subject: WholeSubject, context: CheckContext) => Verdict;
}

/** What a `whole` check looks at: once per request, and once per choice of an answer. */
export interface WholeSubject {
  readonly stage: Stage;
  /** Every text of the subject, joined by line breaks: of an answer its visible text, of a request what user and tools say, in order. */
  readonly text: string;
  /** The same, apart: one entry for each part. */
  readonly texts: readonly string[];
}

/** Judges calls of tools: in an answer, and in the history of a request. In a stream a call is held until it is whole. */
export interface ToolCallCheck {
  readonly kind: 'tool-call';
  readonly judge: (call: GuardedToolCall, context: CheckContext) => Verdict;
}

/** One call of a tool. */
export interface GuardedToolCall {
  readonly name: string;
  /** Decoded; undefined where the text is no JSON. */
  readonly arguments: unknown;
  /** As sent. */
  readonly text: string;
}

/** Judges the facts of a request; input only. */
export interface RequestCheck {
  readonly kind: 'request';
  readonly judge: (request: GuardedRequest) => Verdict;
}

/** What a `request` check may know. */
export interface GuardedRequest {
  readonly endpoint: string;
  /** As the caller named it. */
  readonly model: string;
  readonly consumer: string;
  readonly tools: readonly {
    readonly name: string;
    readonly description: string;
    readonly parameters: JsonObject | null;
  }[];
  readonly metadata: Readonly<Record<string, string>>;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bodyBytes: number;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

/**
 * Asks somebody else. The compiled check only says whom and what; the gateway asks, all such checks at once, within `timeoutMs`. An answer that streams
 * is held until the verdict is there.
 */
export interface RemoteCheck {
  readonly kind: 'remote';
  /** A file of gateway/guard/remote/: `webhook`, `openai-moderation`, … */
  readonly service: string;
  readonly timeoutMs: number;
  /** What the service needs; secrets are references still. */
  readonly settings: JsonObject;
}

/** What a check knows of the request beside the text. */
export interface CheckContext {
  readonly stage: Stage;
  /** Texts of the caller's system and developer messages and of the route's own prompt. */
  readonly instructions: readonly string[];
}

/** The outcome of a check that judges. */
export type Verdict =
  | { readonly kind: 'pass' }
  | {
      readonly kind: 'found';
      /** How many; absent means one. */
      readonly count?: number;
      readonly score?: number;
      /** With `action: mask`, on the way out: what the text becomes (JSON taken out of its fence, say). */
      readonly replacement?: string;
    }
  /** It could not be said, for instance since the subject has no text; never counted as a pass. */
  | { readonly kind: 'not-evaluated'; readonly reason: string };

/** The verdict of a check that found nothing. */
export const PASS: Verdict = Object.freeze({ kind: 'pass' });

/** An option of a check that cannot be used; policies that hold one are refused with the message at the option's place. */
export class CheckOptionError extends Error {
  /** The option's key. */
  readonly option: string;

  constructor(option: string, message: string) {
    super(message);
    this.name = 'CheckOptionError';
    this.option = option;
  }
}
