import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { advanceBreaker, breakerView, CLOSED_BREAKER } from '../../src/decision/index.ts';
import { createSqliteStore } from '../../src/state/index.ts';
import { describeStore } from './store-contract.ts';

const breaker = { closed: CLOSED_BREAKER, advance: advanceBreaker, view: breakerView };
const directory = mkdtempSync(join(tmpdir(), 'signalbox-test-'));
after(() => rmSync(directory, { recursive: true, force: true }));

describeStore('SQLite', async (clock) =>
  createSqliteStore({ clock, breaker, dataDir: mkdtempSync(join(directory, 'store-')) }),
);
