import { findGlobals } from './find-globals.ts';
import type { SourceModule } from './parse-module.ts';
import { type SyntaxNode, walk } from './syntax.ts';
import type { ArchitectureTable, Violation } from './table.ts';

const impureGlobals = new Set([
  ...[
    'process',
    'console',
    'globalThis',
    'global',
    'performance',
    'crypto',
    'Promise',
    'fetch',
    'WebSocket',
    'require',
  ],
  ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'Date.now', 'Date.()', 'Math.random'],
]);

const slowGlobals = new Set([
  ...['fetch', 'AsyncLocalStorage', 'ReadableStream', 'WritableStream', 'TransformStream'],
  ...['CompressionStream', 'DecompressionStream', 'TextDecoderStream', 'TextEncoderStream'],
]);
const slowModules = new Set(['node:stream/web', 'node:async_hooks', 'async_hooks', 'stream/web']);

/** Pure folders take values and return values: nothing else can be replayed from a recording. */
export function checkPurity(module: SourceModule, table: ArchitectureTable): readonly Violation[] {
  const rule = table.folders[module.folder];
  if (rule === undefined || rule.rank > table.pureUpToRank || table.impureFiles.includes(module.path)) return [];
  const violations: Violation[] = [];
  const report = (line: number, message: string) =>
    violations.push({ rule: 'purity', path: module.path, line, message: `${module.folder} is pure: ${message}` });

  for (const { specifier, isDynamic, line } of module.imports) {
    if (isDynamic) report(line, `import('${specifier}') is a promise`);
    if (!/^[.#]/.test(specifier) && !isAllowedPackage(specifier, rule.packages ?? [])) {
      report(line, `'${specifier}' is not on its list of packages`);
    }
  }
  for (const { name, line } of findGlobals(module)) if (impureGlobals.has(name)) report(line, `no ${name}`);
  walk(module.program, (node) => {
    if (isAsynchronous(node)) report(module.lineAt(node.start), 'no async, no await');
  });
  return violations;
}

/** Measured on the request path: each of these costs more than the gateway's own work (see the performance notes). */
export function checkHotFolder(module: SourceModule, table: ArchitectureTable): readonly Violation[] {
  if (!table.hotFolders.includes(module.folder)) return [];
  const named = findGlobals(module).filter((use) => slowGlobals.has(use.name));
  const imported = module.imports
    .filter((reference) => slowModules.has(reference.specifier))
    .map(({ specifier, line }) => ({ name: specifier, line }));
  return [...named, ...imported].map(({ name, line }) => {
    return { rule: 'hot-path', path: module.path, line, message: `${name} is too slow for ${module.folder}` };
  });
}

function isAllowedPackage(specifier: string, packages: readonly string[]): boolean {
  return packages.some((name) => specifier === name || specifier.startsWith(`${name}/`));
}

function isAsynchronous(node: SyntaxNode): boolean {
  return (
    node.async === true || node.type === 'AwaitExpression' || (node.type === 'ForOfStatement' && node.await === true)
  );
}
