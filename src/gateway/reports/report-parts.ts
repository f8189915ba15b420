/** What sends reports. */
export interface ReportRunner {
  /** Sends what is due, when this process leads; tells the others its figures, when another one does. Never rejects; one at a time. */
  readonly tick: () => Promise<void>;
}
