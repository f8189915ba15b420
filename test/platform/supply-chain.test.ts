import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { requireProgram } from '../support/skip.ts';
import { runProcess } from '../support/start-process.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const manifest = JSON.parse(read('package.json'));
const lock = JSON.parse(read('package-lock.json'));

interface Locked {
  readonly path: string;
  readonly name: string;
  readonly version: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
}

const packages: readonly Locked[] = Object.entries<Omit<Locked, 'path'>>(lock.packages)
  .filter(([path]) => path !== '')
  .map(([path, entry]) => ({ ...entry, path, name: entry.name ?? path.replace(/^.*node_modules\//, '') }));
/** What runs with the gateway. */
const needed = packages.filter(({ dev }) => dev !== true);

/** Licences under which what runs with the gateway may be passed on, by their SPDX ids. */
const ALLOWED = ['MIT', 'MIT-0', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'BlueOak-1.0.0'];
/** Packages that run something of their own when they are installed, each looked at. */
const MAY_RUN = ['protobufjs'];

describe('what the gateway is built from', () => {
  it('is named to the exact version, and held to a hash by the lock file', () => {
    const named = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };
    const loose = Object.entries<string>(named).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version));
    assert.deepEqual(loose, []);
    assert.equal(lock.lockfileVersion, 3);
    assert.ok(packages.length > 100);
    const unheld = packages.filter(({ integrity }) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? ''));
    assert.deepEqual(unheld, []);
    const from = packages.filter(({ resolved }) => resolved !== undefined);
    assert.deepEqual(from, [], 'a lock file with addresses fetches from them, whatever the registry');
  });

  it('has the versions in the lock file that the manifest names', () => {
    const { dependencies, devDependencies, optionalDependencies } = lock.packages[''];
    assert.deepEqual(
      { dependencies, devDependencies, optionalDependencies },
      {
        dependencies: manifest.dependencies,
        devDependencies: manifest.devDependencies,
        optionalDependencies: manifest.optionalDependencies,
      },
    );
  });

  it('runs with licences alone that let it be passed on', () => {
    const others = needed.filter(({ license = '' }) => !ALLOWED.includes(license));
    assert.deepEqual(
      others.map(({ name, license }) => `${name}: ${license}`),
      [],
      'look at the licence, then name it in ALLOWED or drop the package',
    );
  });

  it('is held against known faults daily, when it changes, and before each release', () => {
    const audit = /^ +(?:- )?run: npm audit --omit=dev --audit-level=high$/m;
    const daily = read('.github/workflows/dependencies.yml');
    assert.match(daily, audit);
    assert.match(daily, /^ {4}- cron: '\d+ \d+ \* \* \*'$/m);
    assert.match(daily, /run: npm audit signatures/);
    const release = read('.github/workflows/release.yml');
    assert.ok(release.search(audit) > 0 && release.search(audit) < release.indexOf('gh release create'));
  });

  it('runs nothing at its installation but what is named', () => {
    const running = packages.filter(({ hasInstallScript }) => hasInstallScript === true).map(({ name }) => name);
    assert.deepEqual([...new Set(running)], MAY_RUN);
    assert.match(
      read('Dockerfile'),
      /npm ci --omit=dev --omit=optional --ignore-scripts/,
      'the image runs none at all',
    );
  });
});

describe('the bill of materials', () => {
  it('names every package that runs with the gateway, with version, licence and hash', async (t) => {
    if (requireProgram(t, 'npm') === undefined) return;
    const file = join(makeTempDirectory(t), 'out/signalbox.cdx.json');
    const run = await runProcess(t, [], { program: [process.execPath, join(root, 'scripts/write-sbom.ts'), file] });
    assert.equal(run.code, 0, run.stderr);
    const sbom = JSON.parse(readFileSync(file, 'utf8'));
    assert.equal(sbom.bomFormat, 'CycloneDX');
    assert.deepEqual(
      [sbom.metadata.component.type, sbom.metadata.component.name, sbom.metadata.component.version],
      ['application', manifest.name, manifest.version],
    );
    const listed = new Map<string, { licenses?: unknown[]; hashes?: { alg: string; content: string }[] }>(
      sbom.components.map((each: { name: string; version: string }) => [`${each.name}@${each.version}`, each]),
    );
    const gaps: string[] = [];
    for (const { name, version, integrity = '' } of needed) {
      const component = listed.get(`${name}@${version}`);
      const hash = component?.hashes?.find(({ alg }) => alg === 'SHA-512')?.content;
      if (component === undefined) gaps.push(`${name}@${version} is missing`);
      else if (hash !== Buffer.from(integrity.slice(7), 'base64').toString('hex')) gaps.push(`${name}: another hash`);
      else if ((component.licenses ?? []).length === 0) gaps.push(`${name}: no licence`);
    }
    assert.deepEqual(gaps, []);
    const unneeded = packages.filter(({ dev, name, version }) => dev === true && listed.has(`${name}@${version}`));
    const alsoNeeded = new Set(needed.map(({ name, version }) => `${name}@${version}`));
    assert.deepEqual(
      unneeded.filter(({ name, version }) => !alsoNeeded.has(`${name}@${version}`)),
      [],
      'nothing that only builds and tests',
    );
  });

  it('is part of each release, and signed with it as made from its commit', () => {
    const { jobs } = parse(read('.github/workflows/release.yml'));
    const steps: readonly { uses?: string; run?: string; with?: Record<string, string> }[] = jobs.release.steps;
    const at = (find: (step: (typeof steps)[number]) => boolean) => steps.findIndex(find);
    const tested = at(({ run }) => run === '.ci/run');
    const written = at(({ run = '' }) => run.includes('node scripts/write-sbom.ts out/signalbox.cdx.json'));
    const provenance = at(({ uses = '' }) => uses.startsWith('actions/attest-build-provenance@'));
    const attested = at(({ uses = '' }) => uses.startsWith('actions/attest-sbom@'));
    const published = at(({ run = '' }) => run.startsWith('gh release create'));
    const order = [tested, written, provenance, attested, published];
    assert.ok(order.every((place) => place >= 0) && order.every((place, i) => i === 0 || place > (order[i - 1] ?? 0)));
    assert.equal(steps[provenance]?.with?.['subject-path'], 'out/*');
    assert.deepEqual(steps[attested]?.with, { 'subject-path': 'out/*.tgz', 'sbom-path': 'out/signalbox.cdx.json' });
    assert.equal(jobs.release.permissions['id-token'], 'write');
  });
});
