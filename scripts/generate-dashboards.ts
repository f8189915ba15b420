import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BOARDS } from './dashboards/boards.ts';
import { grafanaDashboard } from './dashboards/grafana-dashboard.ts';

/** Writes ops/grafana/*.json from scripts/dashboards/boards.ts; with `--check` compares instead and exits 1 when they differ. */
const directory = join(import.meta.dirname, '../ops/grafana');
const isCheck = process.argv.includes('--check');
const names = BOARDS.map(({ uid }) => `${uid}.json`);
const stale = globSync('*.json', { cwd: directory }).filter((name) => !names.includes(name));
mkdirSync(directory, { recursive: true });
for (const board of BOARDS) {
  const file = join(directory, `${board.uid}.json`);
  const text = `${JSON.stringify(grafanaDashboard(board), null, 2)}\n`;
  if (!isCheck) writeFileSync(file, text);
  else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) stale.push(`${board.uid}.json`);
}
if (stale.length > 0) {
  process.stderr.write(`ops/grafana: ${stale.join(', ')} differ from scripts/dashboards/boards.ts\n`);
  process.exitCode = 1;
}
