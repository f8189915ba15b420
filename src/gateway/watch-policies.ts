import { watch } from 'chokidar';

/** Watching a folder; nothing more is called once closed. */
export interface PolicyWatch {
  readonly close: () => Promise<void>;
}

export interface PolicyWatchOptions {
  readonly directory: string;
  /** Something may have changed; called with what noticed it, again only when it has settled. */
  readonly onChange: (trigger: 'watch' | 'poll') => Promise<unknown>;
  readonly onProblem: (error: unknown) => void;
  readonly debounceMs?: number;
  /** How often the folder is read anyway: network mounts and some container file systems send no events. */
  readonly pollMs?: number;
}

/**
 * Watches the policies. Any event means no more than "look again": editors replace files by renaming, and a Kubernetes mount swaps its `..data` link, for
 * which no event names the files behind it.
 */
export function watchPolicies(options: PolicyWatchOptions): PolicyWatch {
  const { directory, onProblem } = options;
  const debounceMs = options.debounceMs ?? 75;
  let settle: NodeJS.Timeout | null = null;
  let isClosed = false;

  function look(trigger: 'watch' | 'poll'): void {
    if (isClosed) return;
    options.onChange(trigger).catch(onProblem);
  }

  const watcher = watch(directory, { ignoreInitial: true, persistent: true, followSymlinks: true });
  function lookSoon(): void {
    if (settle !== null) clearTimeout(settle);
    settle = setTimeout(() => look('watch'), debounceMs);
  }

  watcher.on('all', lookSoon);
  // What changed while the watch was being set up gave no event.
  watcher.on('ready', lookSoon);
  watcher.on('error', onProblem);
  const poll = setInterval(() => look('poll'), options.pollMs ?? 15_000);
  poll.unref();

  return {
    async close() {
      isClosed = true;
      clearInterval(poll);
      if (settle !== null) clearTimeout(settle);
      await watcher.close();
    },
  };
}
