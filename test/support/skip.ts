import { accessSync, constants, existsSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { delimiter, join } from 'node:path';

/** The part of node:test's context that skipping needs. */
export type SkipContext = { skip(message?: string): void };

/** The first program of that name on PATH, or in the directories given; undefined when there is none. */
export function findProgram(name: string, directories: readonly string[] = pathDirectories()): string | undefined {
  const names = process.platform === 'win32' ? [`${name}.exe`, `${name}.cmd`] : [name];
  return directories.flatMap((directory) => names.map((file) => join(directory, file))).find(isExecutable);
}

/**
 * The path of a program the test needs; undefined after skipping the test with a printed reason. Under
 * `SIGNALBOX_CI=1` a missing program fails instead, so that CI never passes by skipping.
 *
 *     const redis = requireProgram(t, 'redis-server');
 *     if (redis === undefined) return;
 */
export function requireProgram(t: SkipContext, name: string, print = printLine): string | undefined {
  const program = findProgram(name);
  if (program === undefined) skipWithReason(t, `no ${name}`, process.env.SIGNALBOX_CI === '1', print);
  return program;
}

/**
 * The path of a folder or file of the shared data, which lives beside the checkout and is never part of it; undefined
 * after skipping the test with a printed reason. Its absence is not a failure in CI: a fresh clone does not have it.
 */
export function requireSharedData(t: SkipContext, path: string, print = printLine): string | undefined {
  const absolute = join(import.meta.dirname, '../../../shared/data', path);
  if (existsSync(absolute)) return absolute;
  skipWithReason(t, `no ../shared/data/${path}`, false, print);
  return undefined;
}

/** Whether this machine has an address of its own; false after skipping the test with a printed reason. */
export function requireAddress(t: SkipContext, address: string, print = printLine): boolean {
  const hasIt = Object.values(networkInterfaces()).some((all) => all?.some((each) => each.address === address));
  if (!hasIt) skipWithReason(t, `this machine has no ${address}`, false, print);
  return hasIt;
}

function skipWithReason(t: SkipContext, reason: string, isFailure: boolean, print: (line: string) => void): void {
  if (isFailure) throw new Error(`${reason}: SIGNALBOX_CI=1 allows no skipped test; install it in .ci/run`);
  print(`skipped: ${reason}`);
  t.skip(reason);
}

function printLine(line: string): void {
  process.stdout.write(`${line}\n`);
}

function pathDirectories(): readonly string[] {
  return (process.env.PATH ?? '').split(delimiter).filter((directory) => directory !== '');
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
