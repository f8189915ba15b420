import type { Log } from './gateway-parts.ts';

/** Ends or reloads a gateway when the process is told to: SIGTERM and SIGINT close it, a second one ends the process at once; SIGHUP reloads the policies. */
export function handleSignals(
  gateway: { readonly close: () => Promise<void>; readonly reload: (trigger: string) => Promise<unknown> },
  log: Log,
): { readonly remove: () => void } {
  let isClosing = false;

  function end(signal: NodeJS.Signals): void {
    // The shell's convention: 128 and the signal's number.
    if (isClosing) process.exit(signal === 'SIGINT' ? 130 : 143);
    isClosing = true;
    gateway.close().then(
      () => process.exit(0),
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
