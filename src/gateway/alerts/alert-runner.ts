import {
  type AlertReading,
  type AlertRule,
  advanceAlert,
  alertReceivers,
  alertRules,
  createTrafficWindows,
  dueReceivers,
  hasRoomFor,
  type Incident,
  noteTold,
  noticeMessages,
  type Outbox,
  type OutboxMessage,
  quietBecause,
  readAlert,
  type WindowsPost,
  writeNotice,
} from '#alerts';
import { windowOf } from '#decision';
import type { Snapshot } from '#snapshot';
import type { AlertBoard } from '#state';
import type { GatewayParts } from '../gateway-parts.ts';
import type { AlertRunner, AlertsNow } from './alert-parts.ts';
import { findSpenders } from './find-spenders.ts';
import { boardNames, type KeptAlerts, readKept, readSilences, stateOf } from './kept-state.ts';
import { readInputs } from './read-inputs.ts';

/** What a watch is made of. */
export interface RunnerOptions {
  readonly parts: Pick<
    GatewayParts,
    'policies' | 'store' | 'storedSecrets' | 'usage' | 'nowMs' | 'log' | 'owner' | 'records'
  >;
  readonly board: AlertBoard;
  readonly outbox: Outbox;
}

const LEAD_MS = 15_000;
const KEEP_MS = 400 * 86_400_000;
const MAX_ENDED = 50;

/** One process's counts, with the targets that it keeps away from. */
interface Post {
  readonly windows: WindowsPost;
  readonly open: readonly string[];
  readonly atMs: number;
}

/** Creates the watch over a gateway's alerts. Effects: the board, the outbox; the caller has the timer. */
export function createAlertRunner({ parts, board, outbox }: RunnerOptions): AlertRunner {
  const { policies, nowMs, log, owner } = parts;
  const windows = createTrafficWindows();
  let known: { readonly of: Snapshot; readonly rules: readonly AlertRule[] } | null = null;
  let counted: WindowsPost = {};
  let hadOpen = false;
  let droppedBefore = 0;
  let written = '';
  let isTroubled = false;
  let running: Promise<void> | null = null;

  function rulesNow(): readonly AlertRule[] {
    const { snapshot } = policies.current();
    if (known === null || known.of !== snapshot) known = { of: snapshot, rules: alertRules(snapshot) };
    return known.rules;
  }

  async function postWindows(rules: readonly AlertRule[]): Promise<void> {
    const dropped = parts.records?.dropped() ?? 0;
    windows.addDrops(rules, dropped - droppedBefore, nowMs());
    droppedBefore = dropped;
    const open = Object.keys(await parts.store.openBreakers());
    const changed = windows.post(rules, nowMs());
    if (changed === null && open.length === 0 && !hadOpen) return;
    counted = changed ?? counted;
    hadOpen = open.length > 0;
    const longest = Math.max(0, ...rules.map(({ overMs }) => overMs));
    const own: Post = { windows: counted, open, atMs: nowMs() };
    const { environment } = policies.current().snapshot;
    await board.put(`${boardNames(environment).windows}${owner}`, JSON.stringify(own), longest + LEAD_MS);
  }

  async function look(): Promise<AlertsNow> {
    const { snapshot } = policies.current();
    const names = boardNames(snapshot.environment);
    const notes = await board.list();
    const rules = rulesNow();
    const posts = Object.entries(notes).filter(([name]) => name.startsWith(names.windows));
    const read = posts.map(([, text]) => JSON.parse(text) as Post);
    // What a process that is gone kept away from is nobody's breaker any more.
    const elsewhere = read.filter(({ atMs }) => nowMs() - atMs < LEAD_MS).flatMap(({ open }) => open);
    const inputsOf = await readInputs(
      parts,
      rules,
      read.map((post) => post.windows),
      elsewhere,
    );
    const silences = readSilences(notes, names);
    const timezone = snapshot.project.timezone ?? 'UTC';
    return {
      rules: rules.map((rule) => ({
        rule,
        reading: readAlert(rule, inputsOf(rule)),
        quiet: quietBecause(rule.name, silences, snapshot.project.maintenance, timezone, nowMs()),
      })),
      kept: readKept(notes[names.state]),
      silences,
    };
  }

  async function evaluate(): Promise<void> {
    const { snapshot } = policies.current();
    const now = await look();
    let { toldLately, ended } = now.kept;
    const alerts: Record<string, KeptAlerts['alerts'][string]> = {};
    const messages: OutboxMessage[] = [];
    const receivers = alertReceivers(snapshot);
    for (const { rule, reading, quiet } of now.rules) {
      const before = stateOf(now.kept, rule.name);
      const after = advanceAlert(before, rule, reading, nowMs());
      if (after.ended !== null) {
        messages.push(...(await tellEnd(snapshot, rule, reading, after.ended)));
        ended = [after.ended, ...ended].slice(0, MAX_ENDED);
        log.info({ alert: rule.name, incident: after.ended.id }, 'an alert is over');
      }
      if (after.state.kind !== 'firing') {
        if (after.state.kind !== 'quiet') alerts[rule.name] = after.state;
        continue;
      }
      let { incident } = after.state;
      if (before.kind !== 'firing') log.warn({ alert: rule.name, incident: incident.id }, 'an alert fires');
      const due =
        quiet === null && after.state.clearSinceMs === null
          ? dueReceivers(incident, rule, reading.subjects, nowMs(), (name) => {
              const receiver = receivers.get(name);
              return receiver !== undefined && hasRoomFor(name, toldLately, receiver.limit, nowMs());
            })
          : [];
      if (due.length > 0) {
        const spenders = await spendersOf(snapshot, reading);
        for (const name of due) {
          const receiver = receivers.get(name);
          if (receiver === undefined) continue;
          const count = (incident.told[name]?.count ?? 0) + 1;
          const world = worldOf(snapshot);
          const notice = writeNotice({ rule, incident, reading, world, spenders, isReminder: count > 1 });
          messages.push(
            ...noticeMessages(notice, receiver, noticeKey(incident, name, count), noticeKey(incident, name, 1)),
          );
          toldLately = noteTold(toldLately, name, receiver.limit, nowMs());
          const told = { atMs: nowMs(), count, subjects: reading.subjects };
          incident = { ...incident, subject: notice.subject, told: { ...incident.told, [name]: told } };
        }
      }
      alerts[rule.name] = { ...after.state, incident };
    }
    // First what is to be sent, then that it was told: a process that dies in between says it again under the same key, which the outbox knows.
    if (messages.length > 0) outbox.add(messages);
    const text = JSON.stringify({ alerts, toldLately, ended } satisfies KeptAlerts);
    if (text === written) return;
    await board.put(boardNames(snapshot.environment).state, text, KEEP_MS);
    written = text;
  }

  async function tellEnd(snapshot: Snapshot, rule: AlertRule, reading: AlertReading, incident: Incident) {
    const receivers = alertReceivers(snapshot);
    const notice = writeNotice({ rule, incident, reading, world: worldOf(snapshot) });
    return Object.keys(incident.told).flatMap((name) => {
      const receiver = receivers.get(name);
      const first = noticeKey(incident, name, 1);
      return receiver === undefined ? [] : noticeMessages(notice, receiver, noticeKey(incident, name, 'end'), first);
    });
  }

  async function spendersOf(snapshot: Snapshot, reading: AlertReading) {
    const budget = snapshot.budgets.get(reading.budget?.budget ?? '');
    if (budget === undefined) return [];
    return findSpenders(parts, reading, windowOf(budget.window, nowMs()).startMs);
  }

  function worldOf({ environment, revision, project }: Snapshot) {
    const { publicUrl, timezone } = project;
    return { environment, revision, publicUrl, timezone: timezone ?? 'UTC', nowMs: nowMs() };
  }

  async function tickOnce(): Promise<void> {
    try {
      const rules = rulesNow();
      if (rules.length > 0) {
        await postWindows(rules);
        if (await board.lead(owner, LEAD_MS)) await evaluate();
      }
      isTroubled = false;
    } catch (error) {
      if (!isTroubled) log.error({ err: error }, 'alerts cannot be evaluated now');
      isTroubled = true;
    }
    await outbox.run().catch((error: unknown) => log.error({ err: error }, 'the outbox cannot be read'));
  }

  function tick(): Promise<void> {
    running ??= tickOnce().finally(() => {
      running = null;
    });
    return running;
  }

  return {
    add: (sample) => windows.add(rulesNow(), sample),
    tick,
    async look() {
      await postWindows(rulesNow());
      return look();
    },
    async close() {
      await running;
      // What this process has counted outlives it.
      await postWindows(rulesNow()).catch(() => undefined);
      await board.close();
    },
  };
}

function noticeKey({ id }: Incident, receiver: string, count: number | 'end'): string {
  return `${id}:${receiver}:${count}`;
}
