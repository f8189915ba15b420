import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, it } from 'node:test';

const root = join(import.meta.dirname, '../..');
// `git ls-files` knows of pages that are not committed yet, and not of those in node_modules.
const pages = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(root, file)));

describe('links between documents', () => {
  it('are looked at in many pages', () => {
    assert.ok(pages.length > 100, `only ${pages.length} pages were found`);
    assert.ok(pages.flatMap(linksOf).length > 500);
  });

  it('lead to files that exist and headings that are there', () => {
    const broken = pages.flatMap((page) =>
      linksOf(page)
        .map((link) => problemOf(page, link))
        .filter((problem) => problem !== null),
    );
    assert.deepEqual(broken, []);
  });

  it('lead from docs/README.md to every page of docs/ itself', () => {
    const own = pages.filter((page) => /^docs\/[^/]+\.md$/.test(page) && page !== 'docs/README.md');
    const linked = linksOf('docs/README.md').map((link) => normalize(join('docs', link)));
    assert.deepEqual(
      own.filter((page) => !linked.includes(page)),
      [],
    );
  });
});

/** Links of the form `[text](target)` outside of code, less those to other sites. */
function linksOf(page: string): readonly string[] {
  const text = readFileSync(join(root, page), 'utf8').replace(/^```[\s\S]*?^```$/gm, '');
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target ?? '');
  return links.filter((target) => !/^[a-z]+:/.test(target));
}

function problemOf(page: string, link: string): string | null {
  const [path = '', anchor] = link.split('#');
  const file = path === '' ? page : normalize(join(dirname(page), decodeURI(path)));
  if (!existsSync(join(root, file))) return `${page}: ${link} does not exist`;
  if (anchor === undefined || headingsOf(file).has(anchor)) return null;
  return `${page}: ${link} names no heading`;
}

/** Headings as anchors: lower case, punctuation gone, spaces to hyphens. */
function headingsOf(file: string): ReadonlySet<string> {
  const text = readFileSync(join(root, file), 'utf8');
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading ?? '');
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replace(/\s/g, '-'),
    ),
  );
}
