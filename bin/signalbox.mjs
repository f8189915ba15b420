#!/usr/bin/env node
// Plain JavaScript for any Node from 18 on: this file is the one place that runs before the right Node is known.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { Socket } from 'node:net';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { findBundledNode } from './bundled-node.mjs';

const LIFELINE = 'SIGNALBOX_LIFELINE_FD';
const USAGE_ERROR = 2;
const INTERNAL_ERROR = 70;
const root = join(dirname(fileURLToPath(import.meta.url)), '..');

const isReexecuted = process.env[LIFELINE] !== undefined;
if (isReexecuted) followParent();

if (isSuitable(process.versions.node)) await runMain();
else if (isReexecuted) refuseNode('the bundled Node is itself too old; reinstall signalbox');
else runUnderBundledNode();

/** The `engines` range of package.json: >=22.22.2 <23 || >=24.15. */
function isSuitable(version) {
  const [major, minor, patch] = version.split('.').map(Number);
  if (major === 22) return minor > 22 || (minor === 22 && patch >= 2);
  if (major === 24) return minor >= 15;
  return major > 24;
}

async function runMain() {
  // A checkout runs its sources; the package holds only dist/, because Node strips no types inside node_modules.
  const entry = [join(root, 'src/cli/main.ts'), join(root, 'dist/cli/main.js')].find((path) => existsSync(path));
  if (entry === undefined) {
    refuse(
      `neither src/cli/main.ts nor dist/cli/main.js exists in ${root}; reinstall signalbox, or run "npm run build"`,
    );
    return;
  }
  // Keeps compiled code, and stripped types, between runs: a third less time to the first answer, and less memory.
  nodeModule.enableCompileCache?.();
  try {
    const { main } = await import(pathToFileURL(entry).href);
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`signalbox: internal error, please report it\n${error?.stack ?? error}\n`);
    process.exitCode = INTERNAL_ERROR;
  }
}

function runUnderBundledNode() {
  const bundled = findBundledNode();
  if (bundled === undefined) {
    refuseNode(
      `this is Node ${process.versions.node} (${process.execPath}) and no bundled Node is installed for ` +
        `${process.platform}-${process.arch}. Install Node 26 from https://nodejs.org, or where a bundled one exists ` +
        '(linux-x64, linux-arm64, win32-x64) reinstall with "npm ci --include=optional"',
    );
    return;
  }
  const child = spawn(bundled, [...process.execArgv, fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
    env: { ...process.env, [LIFELINE]: '3' },
  });
  // A child that has already ended resets the lifeline; its exit event tells all there is to know.
  child.stdio[3].on('error', () => {});
  const forwarders = forwardSignals(child);
  child.on('error', (error) => {
    refuseNode(`the bundled ${bundled} does not start (${error.message}). Install Node 26 from https://nodejs.org`);
  });
  child.on('exit', (code, signal) => {
    for (const [name, forward] of forwarders) process.off(name, forward);
    if (signal === null) process.exit(code);
    process.kill(process.pid, signal);
    // Reached only when the platform does not end a process by that signal.
    process.exitCode = 128 + (constants.signals[signal] ?? 0);
  });
}

function forwardSignals(child) {
  const forwarders = ['SIGTERM', 'SIGINT', 'SIGHUP'].map((name) => [
    name,
    () => {
      // Ctrl-C reaches the whole foreground group, the child included: passing it on would make it two.
      if (name === 'SIGINT' && process.stdin.isTTY) return;
      child.kill(name);
    },
  ]);
  for (const [name, forward] of forwarders) process.on(name, forward);
  return forwarders;
}

/** A parent killed by SIGKILL forwards nothing; the end of the pipe from it then ends this process too. */
function followParent() {
  const fd = Number(process.env[LIFELINE]);
  delete process.env[LIFELINE];
  try {
    const lifeline = new Socket({ fd, readable: true, writable: false });
    lifeline.on('close', () => process.kill(process.pid, 'SIGKILL'));
    lifeline.on('error', () => {});
    lifeline.resume();
    lifeline.unref();
  } catch {
    // The variable was set by hand and no such descriptor is open: there is no parent to follow.
  }
}

function refuseNode(reason) {
  refuse(`Node >=22.22.2 <23 or >=24.15 is needed: ${reason}`);
}

function refuse(reason) {
  process.stderr.write(`signalbox: ${reason}.\n`);
  process.exitCode = USAGE_ERROR;
}
