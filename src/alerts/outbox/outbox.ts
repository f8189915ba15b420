import type { JsonObject } from '#core';
import { DeliveryError } from '../channels/delivery-error.ts';
import { openOutboxFile } from './open-outbox-file.ts';

/** A message for one receiver by one channel. */
export interface OutboxMessage {
  /** Names the message for all time: a second one of the same key is not sent. */
  readonly key: string;
  readonly channel: 'email' | 'webhook' | 'slack' | 'teams' | 'pagerduty';
  /** Name of the Receiver: messages to one receiver by one channel go out in their order. */
  readonly receiver: string;
  /** What is sent: a `MailMessage`, or the JSON of a call. It holds no address of the call and no secret: those are looked up when it is sent. With fields `waits` and `as` it goes out as one with those behind it that have the same `as`. */
  readonly payload: JsonObject;
  /** So long it waits for others to go out with; 0 by default. */
  readonly waitMs?: number;
}

/** How many messages wait, and why the oldest one does. */
export interface OutboxStatus {
  readonly waiting: number;
  readonly oldestMs: number | null;
  readonly problem: string | null;
}

/** What happens to messages behind everybody's back, for the log. */
export type OutboxEvent =
  | {
      readonly kind: 'sent';
      readonly key: string;
      readonly channel: string;
      readonly receiver: string;
      readonly attempts: number;
    }
  /** Told with the first failure and then with every tenth. */
  | {
      readonly kind: 'delayed';
      readonly key: string;
      readonly channel: string;
      readonly receiver: string;
      readonly attempts: number;
      readonly problem: string;
    }
  | {
      readonly kind: 'given-up';
      readonly key: string;
      readonly channel: string;
      readonly receiver: string;
      readonly attempts: number;
      readonly problem: string;
    };

/** What an outbox is made of. */
export interface OutboxOptions {
  readonly file: string;
  readonly nowMs: () => number;
  /** Hands over one message, or several that go out as one; rejects with DeliveryError, or anything else for another try. */
  readonly deliver: (messages: readonly OutboxMessage[]) => Promise<void>;
  readonly onEvent: (event: OutboxEvent) => void;
}

/** Messages that are to be sent, kept on disk until they are. */
export interface Outbox {
  /** Keeps messages, all of them or none; those whose key is known are passed over. On disk when it returns. Throws when the file cannot be written. */
  readonly add: (messages: readonly OutboxMessage[]) => void;
  /** Sends what is due; resolves when nothing more can be done now. One run at a time. */
  readonly run: () => Promise<void>;
  readonly status: () => OutboxStatus;
  /** Waits for the run in progress. */
  readonly close: () => Promise<void>;
}

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;
/** Another process on the same file takes the message then: whoever had it is gone. */
const IN_HAND_MS = 120_000;
/** A notice older than this tells nothing any more. */
const GIVE_UP_AFTER_MS = 7 * 86_400_000;
/** Keys of messages that went out are known for so long. */
const KEEP_MS = 60 * 86_400_000;

/** So many go out as one: as much as one person reads, and one message of Slack holds. */
const MOST_TOGETHER = 8;

interface Row {
  readonly seq: number;
  readonly key: string;
  readonly channel: OutboxMessage['channel'];
  readonly receiver: string;
  readonly payload: string;
  readonly created_ms: number;
  readonly attempts: number;
}

/** Pause before the next try after so many: 1 s, doubling to 30 s. Pure. */
export function pauseMs(attempts: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(10, attempts - 1));
}

/**
 * Opens the outbox. Any number of processes may share the file: a message is in the hands of one of them at a time. A message is sent again only when its arrival is not known: a process
 * that dies between the other side's yes and its own note of it. Throws when the file cannot be used. Effects: the file, and those of `deliver`.
 */
export function openOutbox({ file, nowMs, deliver, onEvent }: OutboxOptions): Outbox {
  const database = openOutboxFile(file);
  const insert = database.prepare(
    "INSERT OR IGNORE INTO messages (key, channel, receiver, payload, created_ms, state, attempts, due_ms) VALUES (?, ?, ?, ?, ?, 'waiting', 0, ?)",
  );
  // The first of each queue: the ones behind it wait, so that an end never comes before its beginning.
  const heads = database.prepare(
    `SELECT seq, key, channel, receiver, payload, created_ms, attempts FROM messages WHERE seq IN
     (SELECT min(seq) FROM messages WHERE state = 'waiting' GROUP BY channel, receiver) AND due_ms <= ?`,
  );
  const behind = database.prepare(
    `SELECT seq, key, channel, receiver, payload, created_ms, attempts FROM messages
     WHERE state = 'waiting' AND channel = ? AND receiver = ? AND seq > ? ORDER BY seq LIMIT ${MOST_TOGETHER - 1}`,
  );
  const take = database.prepare(
    "UPDATE messages SET due_ms = ? WHERE seq = ? AND state = 'waiting' AND due_ms <= ? RETURNING seq",
  );
  const delay = database.prepare('UPDATE messages SET attempts = ?, due_ms = ?, problem = ? WHERE seq = ?');
  const end = database.prepare(
    'UPDATE messages SET attempts = ?, state = ?, ended_ms = ?, problem = ?, payload = NULL WHERE seq = ?',
  );
  const forget = database.prepare('DELETE FROM messages WHERE ended_ms < ?');
  const waiting = database.prepare(
    "SELECT count(*) AS waiting, min(created_ms) AS oldest FROM messages WHERE state = 'waiting'",
  );
  const problem = database.prepare(
    "SELECT problem FROM messages WHERE state = 'waiting' AND problem IS NOT NULL ORDER BY seq LIMIT 1",
  );
  let running: Promise<void> | null = null;
  let isClosed = false;

  function add(messages: readonly OutboxMessage[]): void {
    const atMs = Math.floor(nowMs());
    inTransaction(() => {
      for (const { key, channel, receiver, payload, waitMs = 0 } of messages) {
        insert.run(key, channel, receiver, JSON.stringify(payload), atMs, atMs + waitMs);
      }
    });
  }

  function inTransaction(work: () => void): void {
    database.exec('BEGIN IMMEDIATE');
    try {
      work();
      database.exec('COMMIT');
    } catch (error) {
      database.exec('ROLLBACK');
      throw error;
    }
  }

  async function runAll(): Promise<void> {
    for (;;) {
      const due = (heads.all(nowMs()) as unknown as readonly Row[]).filter(({ seq }) => {
        const atMs = Math.floor(nowMs());
        return take.get(atMs + IN_HAND_MS, seq, atMs) !== undefined;
      });
      if (due.length === 0 || isClosed) return;
      const sent = await Promise.all(due.map(attempt));
      forget.run(Math.floor(nowMs()) - KEEP_MS);
      // Behind a message that went out there may be another one.
      if (!sent.includes(true)) return;
    }
  }

  /** The message with those that go out with it. Nobody else sends what stands behind a message that is in hand. */
  function groupOf(head: Row): readonly Row[] {
    const own = groupName(head);
    if (own === null) return [head];
    const others = behind.all(head.channel, head.receiver, head.seq) as unknown as readonly Row[];
    const end = others.findIndex((each) => groupName(each) !== own);
    return [head, ...(end < 0 ? others : others.slice(0, end))];
  }

  function endAll(rows: readonly Row[], state: 'sent' | 'given-up', problem: string | null): void {
    inTransaction(() => {
      for (const { seq, attempts } of rows) end.run(attempts + 1, state, Math.floor(nowMs()), problem, seq);
    });
    for (const { key, channel, receiver, attempts } of rows) {
      const told = { key, channel, receiver, attempts: attempts + 1 };
      onEvent(problem === null ? { kind: 'sent', ...told } : { kind: 'given-up', ...told, problem });
    }
  }

  async function attempt(head: Row): Promise<boolean> {
    const group = groupOf(head);
    try {
      await deliver(group.map((row) => ({ ...named(row), payload: JSON.parse(row.payload) as JsonObject })));
    } catch (error) {
      const text = error instanceof DeliveryError ? error.message : 'a bug while it was sent';
      const isFinal = error instanceof DeliveryError && error.isFinal;
      const lost = isFinal ? group : group.filter((row) => nowMs() - row.created_ms > GIVE_UP_AFTER_MS);
      if (lost.length > 0) {
        endAll(lost, 'given-up', text);
        return true;
      }
      const attempts = head.attempts + 1;
      delay.run(attempts, Math.floor(nowMs()) + pauseMs(attempts), text, head.seq);
      if (attempts % 10 === 1) onEvent({ kind: 'delayed', ...named(head), attempts, problem: text });
      return false;
    }
    endAll(group, 'sent', null);
    return true;
  }

  return {
    add,
    run() {
      running ??= runAll().finally(() => {
        running = null;
      });
      return running;
    },
    status() {
      const row = waiting.get();
      const oldest = row?.oldest;
      return {
        waiting: Number(row?.waiting ?? 0),
        oldestMs: oldest === null || oldest === undefined ? null : Number(oldest),
        problem: (problem.get()?.problem as string | undefined) ?? null,
      };
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      await running?.catch(() => undefined);
      database.close();
    },
  };
}

function named({ key, channel, receiver }: Row): Omit<OutboxMessage, 'payload'> {
  return { key, channel, receiver };
}

function groupName({ payload }: Row): string | null {
  const { waits, as } = JSON.parse(payload) as JsonObject;
  return waits === undefined ? null : String(as);
}
