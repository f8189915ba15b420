import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Questions of bank customers (Banking77), as they were asked. */
export function readBankQuestions(folder: string): readonly string[] {
  return linesOf(join(folder, 'banking77/banking77_train.csv.gz'))
    .slice(1)
    .map((line) => line.replace(/,[\w?]+$/, '').replace(/^"|"$/g, ''));
}

/** Questions of a public forum (Quora), both of each pair. */
export function readForumQuestions(folder: string): readonly string[] {
  return linesOf(join(folder, 'qqp-gptcache/qqp_4000_pairs.jsonl.gz')).flatMap((line) =>
    Object.values(JSON.parse(line) as object).filter(
      (value): value is string => typeof value === 'string' && value.length > 10,
    ),
  );
}

function linesOf(path: string): readonly string[] {
  return gunzipSync(readFileSync(path))
    .toString('utf8')
    .split(/\r?\n/)
    .filter((line) => line !== '');
}
