import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lintPages } from '#lint';

/** Writes docs/lint/ from the rules; with `--check` compares instead and exits 1 when a page is stale, missing or left over. */
const folder = join(import.meta.dirname, '../docs/lint');
const pages = lintPages();
const files = new Map([
  ['README.md', overview()],
  ...pages.map(({ id, markdown }) => [`${id.replace('/', '-')}.md`, markdown] as const),
]);
const left = existsSync(folder) ? readdirSync(folder).filter((file) => !files.has(file)) : [];

if (process.argv.includes('--check')) {
  const isStale = ([file, text]: readonly [string, string]): boolean =>
    !existsSync(join(folder, file)) || readFileSync(join(folder, file), 'utf8') !== text;
  const stale = [...[...files].filter(isStale).map(([file]) => file), ...left];
  if (stale.length > 0) {
    process.stderr.write(`docs/lint is stale (${stale.join(', ')}): run "node scripts/generate-lint-docs.ts"\n`);
    process.exitCode = 1;
  }
} else {
  mkdirSync(folder, { recursive: true });
  for (const file of left) rmSync(join(folder, file));
  for (const [file, text] of files) writeFileSync(join(folder, file), text);
}

function overview(): string {
  const rows = pages.map(
    ({ id, severity, summary }) =>
      `| [${id}](${id.replace('/', '-')}.md) | ${severity} | ${summary.replaceAll('|', '\\|')} |`,
  );
  return `# What \`signalbox lint\` finds

Generated from \`src/lint/\` by \`npm run generate\`: ${pages.length} rules. \`signalbox lint --explain RULE\` prints the same page.

An \`error\` fails a check, a \`warn\` with \`--fail-level warn\` too; \`info\` is advice. Ids never change once released. A finding of a rule
can be accepted by a document of kind Waiver, with a reason and a day on which it ends.

\`Project.spec.ruleset\` pins the rules by their month: a rule that a later version brings is advice (\`info\`) until the project raises the
month, so that an update alone never fails a check. Thresholds are set in \`Project.spec.lint\`, by the rule's id, as its page says. \`signalbox lint --worst-case\` adds a table of the attempts, the time and the money
that the worst request on each route can take; \`--format json\` always holds it as \`worstCases\`. How long a weight has stood unchanged is
read from git, where there is a repository. \`--traffic FILE\` lets the rules speak that need a recording: each record is decided under the
policies as they are checked (those of \`--env\`, else of production).

| rule | severity | fires when |
|---|---|---|
${rows.join('\n')}
`;
}
