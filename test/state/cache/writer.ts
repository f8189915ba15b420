import { createAnswerStore } from '../../../src/state/index.ts';

// Writes answers until it is killed; each text says its own length and ends with a mark.
const [, , dataDir = '', url = ''] = process.argv;
const store = await createAnswerStore({ url, dataDir, nowMs: Date.now });
for (let n = 0; ; n++) {
  const text = `${n}:${'x'.repeat(500 + ((n * 7919) % 60_000))}:end`;
  const key = (n % 200).toString(16).padStart(64, '0');
  const labels = { cache: 'c', route: 'r', consumer: 'u', tags: [] };
  await store.put({ key, labels, storedAtMs: Date.now(), expiresAtMs: Date.now() + 1e9, text });
  if (n === 50) process.stdout.write('writing\n');
}
