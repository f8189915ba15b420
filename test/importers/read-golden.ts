import type { Imported } from '#importers';

/** An import as one text: the policies, then a line for every difference. */
export function goldenText({ source, verdict, files, differences }: Imported): string {
  const policies = files.filter(({ path }) => path.endsWith('.yaml')).map(({ path, text }) => `==> ${path}\n${text}`);
  const lines = differences.map(
    ({ effect, topic, line, path, message }) => `${effect} ${topic} ${line} ${path === '' ? '-' : path}: ${message}`,
  );
  return [`${source}: ${verdict}`, '', ...policies, '==> differences', ...lines, ''].join('\n');
}
