import { openUsageFileToRead } from './open-usage-file.ts';
import { createUsageReader, type UsageReader } from './usage-reader.ts';

/** Opens the usage ledger of a data folder to read it beside a running gateway or without one; null when there is none. Throws StoreOpenError. */
export function openUsageReader(dataDir: string): (UsageReader & { readonly close: () => void }) | null {
  const database = openUsageFileToRead(dataDir);
  if (database === null) return null;
  return { ...createUsageReader(database), close: () => database.close() };
}
