import { existsSync } from 'node:fs';
import { type Outbox, type OutboxOptions, openOutbox } from '#alerts';

/** An outbox whose file is made with the first message; one that is there already is opened when it is first asked to send. Effects: those of the outbox. */
export function openLazyOutbox(options: OutboxOptions): Outbox {
  let opened: Outbox | null = null;

  function open(): Outbox {
    opened ??= openOutbox(options);
    return opened;
  }

  function openIfThere(): Outbox | null {
    return opened ?? (existsSync(options.file) ? open() : null);
  }

  return {
    add: (messages) => open().add(messages),
    run: async () => openIfThere()?.run(),
    status: () => openIfThere()?.status() ?? { waiting: 0, oldestMs: null, problem: null },
    close: async () => opened?.close(),
  };
}
