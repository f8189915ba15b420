import { VERSION } from '#core';
import type { Check } from '../installation.ts';
import { good } from '../outcome.ts';

// The same file that the command looks with, from src/ as from dist/.
const FINDER = new URL('../../../../bin/bundled-node.mjs', import.meta.url).href;

/** The Node in use, which the command itself has found suitable, and the one that comes with the package. */
export const checkNode: Check = async () => {
  const { findBundledNode } = (await import(FINDER)) as { readonly findBundledNode: () => string | undefined };
  const bundled = findBundledNode();
  const own = good('node', process.execPath, `Signalbox ${VERSION} runs under Node ${process.versions.node}`);
  if (bundled === undefined) {
    const message = `no Node comes with the package on ${process.platform}-${process.arch}`;
    const hint = 'Nothing to do while this one stays; else `npm ci --include=optional`.';
    return [own, { check: 'node', status: 'info', where: process.execPath, message, hint }];
  }
  const isSame = bundled === process.execPath;
  return [
    own,
    good('node', bundled, isSame ? 'it is the one that comes with the package' : 'one comes with the package'),
  ];
};
