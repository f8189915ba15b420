import type { Log } from './gateway-parts.ts';

/**
 * Ends or reloads a gateway when the process is told to. SIGTERM and SIGINT close it; a second one cuts off what is still in progress, so that it is settled and
 * recorded all the same, and a third one ends the process at once. SIGHUP reloads the policies.
 */
export function handleSignals(
  gateway: {
    readonly close: (graceMs?: number) => Promise<void>;
    readonly reload: (trigger: string) => Promise<unknown>;
  },
  log: Log,
): { readonly remove: () => void } {
  let signals = 0;
  let exitCode = 0;

  function end(signal: NodeJS.Signals): void {
    signals++;
    if (signals === 1) {
      close();
      return;
    }
    // The shell's convention: 128 and the signal's number.
    exitCode = signal === 'SIGINT' ? 130 : 143;
    if (signals > 2) process.exit(exitCode);
    void gateway.close(0);
  }

  function close(): void {
    gateway.close().then(
      () => process.exit(exitCode),
      (error: unknown) => {
        log.error({ err: error }, 'the gateway did not close cleanly');
        process.exit(70);
      },
    );
  }

  function reload(): void {
    gateway.reload('signal').catch((error: unknown) => log.error({ err: error }, 'the reload failed by a bug'));
  }

  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  process.on('SIGHUP', reload);
  return {
    remove() {
      process.off('SIGTERM', end);
      process.off('SIGINT', end);
      process.off('SIGHUP', reload);
    },
  };
}
