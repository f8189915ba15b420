import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/**
 * Precision and recall of meaning on public sets, by language and embedder, with and without the guard: `node bench/cache-precision.ts [--limit 4000] [--only banking77] [--server URL --model
 * NAME]`. Runs `signalbox cache tune` over each set of `../shared/data/paraphrase`, with `local/en` or the server's model. A set without a threshold that keeps 97 % says so. What counts as the
 * same: QQP as its people judged; Banking77 the same intent, against the question of another intent with most words in common; JSTS from 4.5 of 5; JNLI entailment; JSICK entailment and
 * relatedness from 4.5.
 */
const option = (name: string) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
};
const LIMIT = Number(option('limit') ?? 4000);
const DATA = join(import.meta.dirname, '../../shared/data/paraphrase');
if (!existsSync(DATA)) {
  console.log('skipped: no ../shared/data/paraphrase');
  process.exit(0);
}

interface Pair {
  readonly a: string;
  readonly b: string;
  readonly same: boolean;
}
const lines = (file: string) =>
  gunzipSync(readFileSync(join(DATA, file)))
    .toString('utf8')
    .trim()
    .split('\n');
// biome-ignore lint/suspicious/noExplicitAny: each set has its own fields
const rows = (file: string): any[] => lines(file).map((line) => JSON.parse(line));
const jsick = () => rows('jsick-ja-en/jsick_train_3000.jsonl.gz');

const SETS: Readonly<Record<string, () => readonly Pair[]>> = {
  qqp: () =>
    rows('qqp-gptcache/qqp_4000_pairs.jsonl.gz').map(({ text_a: a, text_b: b, label }) => ({
      a,
      b,
      same: label === 1,
    })),
  banking77,
  'jsick-en': () =>
    jsick().map((row) => ({
      a: row.sentence_A_En,
      b: row.sentence_B_En,
      same: row.entailment_label_En === 'entailment' && Number(row.relatedness_score_En) >= 4.5,
    })),
  'jsts-ja': () =>
    rows('jsts-ja/jsts_train_3000.jsonl.gz').map(({ sentence1: a, sentence2: b, label }) => ({
      a,
      b,
      same: label >= 4.5,
    })),
  'jnli-ja': () =>
    rows('jnli-ja/jnli_valid_half.jsonl.gz').map(({ sentence1: a, sentence2: b, label }) => ({
      a,
      b,
      same: label === 'entailment',
    })),
  'jsick-ja': () =>
    jsick().map((row) => ({
      a: row.sentence_A_Ja,
      b: row.sentence_B_Ja,
      same: row.entailment_label_Ja === 'entailment' && Number(row.relatedness_score_Ja) >= 4.5,
    })),
};

const folder = mkdtempSync(join(tmpdir(), 'signalbox-precision-'));
const only = option('only');
const [server, model] = [option('server'), option('model')];
for (const [name, read] of Object.entries(SETS)) {
  if (only !== undefined && only !== name) continue;
  const all = read();
  // Evenly out of the whole set.
  const step = Math.max(1, all.length / LIMIT);
  const some = Array.from({ length: Math.min(LIMIT, all.length) }, (_, n) => all[Math.floor(n * step)]);
  const file = join(folder, `${name}.jsonl`);
  writeFileSync(file, some.map((pair) => JSON.stringify(pair)).join('\n'));
  console.log(`== ${name}, ${server === undefined ? 'local/en' : model}: ${some.length} of ${all.length} pairs`);
  const where = server === undefined ? [] : ['--server', server, '--model', model ?? ''];
  const command = [join(import.meta.dirname, '../bin/signalbox.mjs'), 'cache', 'tune', '--pairs', file, ...where];
  const { status } = spawnSync(process.execPath, command, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0 && status !== 1) process.exitCode = 1;
}
rmSync(folder, { recursive: true, force: true });

/** Eight questions of every intent, each with the next of its intent, and with the one of another intent that has most words in common. */
function banking77(): readonly Pair[] {
  const questions = lines('banking77/banking77_train.csv.gz')
    .slice(1)
    .flatMap((line) => {
      const found = /^(?:"((?:[^"]|"")*)"|([^,]*)),(\w+[?]?)\r?$/.exec(line);
      const text = (found?.[1] ?? found?.[2] ?? '').replaceAll('""', '"').trim();
      return found === null || text === ''
        ? []
        : [{ text, intent: found[3] ?? '', words: new Set(text.toLowerCase().match(/\w+/g)) }];
    });
  const pairs: Pair[] = [];
  for (const ofIntent of Map.groupBy(questions, ({ intent }) => intent).values()) {
    for (const [at, one] of ofIntent.slice(0, 8).entries()) {
      const next = ofIntent[at + 1];
      if (next !== undefined) pairs.push({ a: one.text, b: next.text, same: true });
      let [nearest, most] = ['', -1];
      for (const other of questions) {
        if (other.intent === one.intent) continue;
        const common = one.words.intersection(other.words).size / one.words.union(other.words).size;
        if (common > most) [nearest, most] = [other.text, common];
      }
      pairs.push({ a: one.text, b: nearest, same: false });
    }
  }
  return pairs;
}
