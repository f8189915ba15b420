import type { Terminal } from './terminal.ts';

const PATIENCE_MS = 1000;
/** Oftener nobody can read it. */
const PAUSE_MS = 100;

/** Says on stderr what is being done, but only on a terminal and only when it takes longer than a second. */
export interface Progress {
  /** Puts a text in the place of the one before; it is cut at the terminal's width, for a line that wraps could not be taken back. */
  readonly step: (text: string) => void;
  /** Removes what was shown. */
  readonly end: () => void;
}

/** Starts the clock. Side effect: writes to stderr. */
export function startProgress(terminal: Terminal): Progress {
  const startedMs = terminal.nowMs();
  let shownMs: number | null = null;
  return {
    step(text) {
      const nowMs = terminal.nowMs();
      if (!terminal.isErrorTerminal || nowMs - startedMs < PATIENCE_MS) return;
      if (shownMs !== null && nowMs - shownMs < PAUSE_MS) return;
      shownMs = nowMs;
      terminal.err(`\r\u001b[K${text.slice(0, Math.max(1, terminal.columns - 1))}`);
    },
    end() {
      if (shownMs !== null) terminal.err('\r\u001b[K');
    },
  };
}
