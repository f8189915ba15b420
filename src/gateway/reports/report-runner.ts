import { alertReceivers, mailMessage, type Outbox, type OutboxMessage } from '#alerts';
import {
  lastDue,
  mergeFigures,
  type ReportFigures,
  type ReportPage,
  type ReportRule,
  reportRules,
  spanBefore,
  writeReport,
} from '#reports';
import type { AlertBoard } from '#state';
import type { GatewayParts } from '../gateway-parts.ts';
import type { FiguresQuery } from './figures-of-folder.ts';
import type { ReportRunner } from './report-parts.ts';

/** What it is made of. */
export interface ReportRunnerOptions {
  readonly parts: Pick<GatewayParts, 'policies' | 'usage' | 'nowMs' | 'log' | 'owner'>;
  readonly board: AlertBoard;
  readonly outbox: Outbox;
  readonly dataDir: string;
  readonly gather: (query: FiguresQuery) => Promise<ReportFigures | null>;
}

const LEAD_MS = 15_000;
const KEEP_MS = 400 * 86_400_000;
const POST_MS = 3_600_000;
/** What ended just before is on disk by then. */
const SETTLE_MS = 5_000;
/** So long the one who sends waits for the figures of the others. */
const GATHER_MS = 45_000;

/** A report that is being made: since when, so that the others have their time. */
interface Begun {
  readonly dueMs: number;
  readonly sinceMs: number;
}

/**
 * Creates the sender of reports. A report is sent once for each time its schedule asks, late after a downtime, and only for the latest of several that were missed; one
 * that is new in the policies begins with its next time. Ledgers of several machines are added up through the board. Effects: the board, the outbox; the caller has the timer.
 */
export function createReportRunner({ parts, board, outbox, dataDir, gather }: ReportRunnerOptions): ReportRunner {
  const { policies, usage, nowMs, log, owner } = parts;
  /** Due times that this ledger has told its figures of. */
  const told = new Map<string, number>();
  let running: Promise<void> | null = null;

  async function tickOnce(): Promise<void> {
    const { snapshot } = policies.current();
    const rules = reportRules(snapshot);
    if (rules.length === 0) return;
    const notes = await board.list();
    for (const rule of rules) {
      const dueMs = lastDue(rule, nowMs());
      if (dueMs === null || nowMs() - dueMs < SETTLE_MS) continue;
      const names = boardNames(snapshot.environment, rule.name);
      const sent = notes[names.sent];
      if (sent !== undefined && Number(sent) >= dueMs) continue;
      if (sent === undefined) {
        // Nobody has waited for it before it was written.
        await board.put(names.sent, String(dueMs), KEEP_MS);
        continue;
      }
      await postOwn(rule, dueMs, names.figures);
      if (!(await board.lead(owner, LEAD_MS))) continue;
      const begun = beginningOf(notes[names.begun], dueMs);
      if (begun === null)
        await board.put(names.begun, JSON.stringify({ dueMs, sinceMs: nowMs() } satisfies Begun), POST_MS);
      else if (nowMs() - begun.sinceMs >= GATHER_MS) await send(rule, dueMs, names);
    }
  }

  /** Processes that share a folder tell the same under the same name. */
  async function postOwn(rule: ReportRule, dueMs: number, prefix: string): Promise<void> {
    if ((told.get(rule.name) ?? 0) >= dueMs) return;
    const span = spanBefore(rule, dueMs);
    await usage.flush();
    const figures = await gather({ dataDir, span, timezone: rule.timezone, nowMs: nowMs() });
    if (figures !== null) await board.put(`${prefix}${dueMs}:${usage.id}`, JSON.stringify(figures), POST_MS);
    told.set(rule.name, dueMs);
  }

  async function send(rule: ReportRule, dueMs: number, names: BoardNames): Promise<void> {
    const { snapshot } = policies.current();
    const posted = Object.entries(await board.list())
      .filter(([name]) => name.startsWith(`${names.figures}${dueMs}:`))
      .map(([, text]) => JSON.parse(text) as ReportFigures);
    const [first, ...others] = posted;
    if (first !== undefined) {
      const report = await writeReport(rule, others.reduce(mergeFigures, first), snapshot);
      outbox.add(messagesOf(report, rule, dueMs, alertReceivers(snapshot)));
      log.info({ report: rule.name, due: new Date(dueMs).toISOString() }, 'a report is on its way');
    }
    // After the outbox has it: a process that dies in between says it again under the same key, which the outbox knows.
    await board.put(names.sent, String(dueMs), KEEP_MS);
    await board.remove(names.begun);
  }

  return {
    tick() {
      running ??= tickOnce()
        .catch((error: unknown) => log.error({ err: error }, 'reports cannot be sent now; they are tried again'))
        .finally(() => {
          running = null;
        });
      return running;
    },
  };
}

interface BoardNames {
  readonly sent: string;
  readonly begun: string;
  readonly figures: string;
}

function boardNames(environment: string, report: string): BoardNames {
  const prefix = `report:${environment}:${report}:`;
  return { sent: `${prefix}sent`, begun: `${prefix}begun`, figures: `${prefix}figures:` };
}

function beginningOf(text: string | undefined, dueMs: number): Begun | null {
  const begun = text === undefined ? null : (JSON.parse(text) as Begun);
  return begun?.dueMs === dueMs ? begun : null;
}

/** Reports go by mail; other channels have no room for one. */
function messagesOf(
  { subject, page, images }: ReportPage,
  { name, to }: ReportRule,
  dueMs: number,
  receivers: ReturnType<typeof alertReceivers>,
): OutboxMessage[] {
  return to.flatMap((receiver): OutboxMessage | [] => {
    const people = receivers.get(receiver)?.to ?? [];
    if (people.length === 0) return [];
    const key = `report:${name}:${new Date(dueMs).toISOString()}:${receiver}`;
    const headers = { 'X-Signalbox-Report': name };
    const mail = mailMessage({ to: people, subject, page, key, follows: null, headers, images });
    return { key, channel: 'email', receiver, payload: { ...mail } };
  });
}
