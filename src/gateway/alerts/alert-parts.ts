import type { AlertReading, AlertRule, Outbox, Silence, TrafficSample } from '#alerts';
import type { AlertBoard } from '#state';
import type { ReportRunner } from '../reports/report-parts.ts';
import type { KeptAlerts } from './kept-state.ts';

/** Alerts of a gateway: what watches, what is on its way, and what the processes tell each other. */
export interface AlertParts {
  readonly runner: AlertRunner;
  readonly outbox: Outbox;
  readonly board: AlertBoard;
  readonly reports: ReportRunner;
}

/** What watches the alerts of a gateway. */
export interface AlertRunner {
  /** Takes a request that has ended. */
  readonly add: (sample: TrafficSample) => void;
  /** Tells the others what this process has counted, evaluates when this process leads, and sends what is due. Never rejects; one at a time. */
  readonly tick: () => Promise<void>;
  /** How everything stands, read now. */
  readonly look: () => Promise<AlertsNow>;
  readonly close: () => Promise<void>;
}

/** Every alert with its reading. */
export interface AlertsNow {
  readonly rules: readonly {
    readonly rule: AlertRule;
    readonly reading: AlertReading;
    readonly quiet: string | null;
  }[];
  readonly kept: KeptAlerts;
  readonly silences: readonly Silence[];
}
