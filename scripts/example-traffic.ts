import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { loadCatalog } from '#catalog';
import { compilePolicies, loadPolicies } from '#policy';
import { writeSyntheticRecording } from '../bench/synthetic-recording.ts';

/**
 * Makes the example company's recording anew, `traffic/example-week.ndjson.gz`: a week of invented requests as a gateway with today's policies would have recorded them. Pin it
 * afterwards: `signalbox traffic verify traffic/example-week.ndjson.gz --lock traffic/traffic.lock.json --update`.
 */
const RECORDS = 1500;
const root = join(import.meta.dirname, '..');
const path = join(root, 'traffic/example-week.ndjson');

const { sources } = await loadPolicies(join(root, 'policies'));
const { snapshot } = compilePolicies(sources, 'production', loadCatalog());
if (snapshot === null) throw new Error('the policies do not compile');
await writeSyntheticRecording(path, snapshot, RECORDS);
writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
rmSync(path);
