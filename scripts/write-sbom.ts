import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Writes the CycloneDX bill of materials of what runs with the gateway: `node scripts/write-sbom.ts FILE`. npm lists all that the lock file holds to a hash; what only
 * builds and tests is left out here, since `npm sbom --omit dev` leaves out every package that both need (npm 11). npm calls the package by the folder that it lies in, and one
 * that development has under another name by that name.
 */
const root = join(import.meta.dirname, '..');
const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('node scripts/write-sbom.ts FILE');

interface Component {
  readonly 'bom-ref': string;
  readonly name: string;
  readonly properties?: readonly { readonly name: string }[];
}

const text = execFileSync(
  'npm',
  ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx', '--sbom-type', 'application'],
  { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
);
const sbom = JSON.parse(text);
const { name } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const needed = neededPackages();
const components = sbom.components.filter((each: Component) => needed.has(each['bom-ref'])).map(asNeeded);
const refs = new Set<string>([
  sbom.metadata.component['bom-ref'],
  ...components.map((each: Component) => each['bom-ref']),
]);
const dependencies = sbom.dependencies
  .filter(({ ref }: { readonly ref: string }) => refs.has(ref))
  .map(({ ref, dependsOn = [] }: { readonly ref: string; readonly dependsOn?: readonly string[] }) => ({
    ref,
    dependsOn: dependsOn.filter((each) => refs.has(each)),
  }));
sbom.metadata.component.name = name;
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, `${JSON.stringify({ ...sbom, components, dependencies }, null, 2)}\n`);

/** The entry of a package as the gateway needs it. */
function asNeeded(component: Component) {
  const id = component['bom-ref'];
  const properties = (component.properties ?? []).filter((each) => each.name !== 'cdx:npm:package:development');
  const scope = needed.get(id) === true ? 'optional' : 'required';
  return { ...component, name: id.slice(0, id.lastIndexOf('@')), scope, properties };
}

/** `name@version` of what the lock file does not mark as needed for development alone, and whether it may be missing. */
function neededPackages(): ReadonlyMap<string, boolean> {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  return new Map(
    Object.entries<{ name?: string; version?: string; dev?: boolean; optional?: boolean }>(packages)
      .filter(([path, { dev }]) => path !== '' && dev !== true)
      .map(([path, entry]) => [
        `${entry.name ?? path.replace(/^.*node_modules\//, '')}@${entry.version}`,
        entry.optional === true,
      ]),
  );
}
