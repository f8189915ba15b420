import type { Terminal } from './terminal.ts';

const PATIENCE_MS = 1000;

/** Says on stderr what is being done, but only on a terminal and only when it takes longer than a second. */
export interface Progress {
  readonly step: (text: string) => void;
  /** Removes what was shown. */
  readonly end: () => void;
}

/** Starts the clock. Side effect: writes to stderr. */
export function startProgress(terminal: Terminal): Progress {
  const startedMs = terminal.nowMs();
  let isShown = false;
  return {
    step(text) {
      if (!terminal.isErrorTerminal || terminal.nowMs() - startedMs < PATIENCE_MS) return;
      isShown = true;
      terminal.err(`\r\u001b[K${text}`);
    },
    end() {
      if (isShown) terminal.err('\r\u001b[K');
    },
  };
}
