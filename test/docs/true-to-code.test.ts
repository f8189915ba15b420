import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { API_PATHS } from '../../src/gateway/api-paths.ts';
import { openApiDocument } from '../../src/gateway/operations/open-api.ts';

const root = join(import.meta.dirname, '../..');

describe('docs/architecture.md', () => {
  it('has a row for every folder of src/ with its rank, and for no other', () => {
    const table = new Map(
      [...read('docs/architecture.md').matchAll(/^\| (\d) \| `([\w-]+)` \|/gm)].map(([, rank, name]) => [name, rank]),
    );
    const folders = readdirSync(join(root, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    assert.deepEqual([...table.keys()].toSorted(), folders.map(({ name }) => name).toSorted());
    const rules = read('test/architecture.test.ts');
    for (const [name, rank] of table) {
      assert.match(rules, new RegExp(`^ {4}'?${name}'?: \\{\\s*rank: ${rank},`, 'm'), `${name} has another rank`);
    }
  });

  it('calls no folder unwritten that is there', () => {
    const [, sentence] =
      /^(.*) have their place in the table and are not written yet/m.exec(read('docs/architecture.md')) ?? [];
    const unwritten = [...(sentence ?? '').matchAll(/`([\w-]+)`/g)].map(([, name]) => name ?? '');
    const folders = readdirSync(join(root, 'src'));
    assert.deepEqual(
      unwritten.filter((name) => folders.includes(name)),
      [],
      'correct the sentence below the table of folders',
    );
    assert.ok(sentence === undefined || unwritten.length > 0);
  });
});

describe('docs/request-path.md', () => {
  it('names the steps in the order in which handle.ts takes them', () => {
    const text = read('docs/request-path.md');
    const files = ['identify', 'read-request-headers', 'read-body', 'route-call', 'read-facts', 'admit-request'];
    const handle = read('src/gateway/handle.ts');
    const calls = ['identify(', 'readRequestHeaders(', 'receiveBody(', 'routeCall(', 'readFacts(', 'admitRequest('];
    const places = files.map((file) => text.indexOf(`[${file}.ts]`));
    assert.deepEqual(places, places.toSorted(ascending));
    const body = handle.slice(handle.indexOf('async function answer'));
    const order = calls.map((call) => body.indexOf(call));
    assert.ok(order.every((place) => place >= 0));
    assert.deepEqual(order, order.toSorted(ascending));
  });
});

describe('docs/policy-path.md', () => {
  it('names the steps in the order in which compile.ts takes them', () => {
    const text = read('docs/policy-path.md');
    const files = ['merge-catalog', 'overlay', 'link', 'compile-predicates', 'build-snapshot'];
    const compile = read('src/policy/compile.ts');
    const body = compile.slice(compile.indexOf('export function compileEnvironment'));
    const calls = ['mergeCatalog(', 'applyOverlays(', 'link(', 'compilePredicates(', 'buildSnapshot('];
    const places = files.map((file) => text.indexOf(`[${file}.ts]`));
    const order = calls.map((call) => body.indexOf(call));
    for (const list of [places, order]) {
      assert.ok(list.every((place) => place >= 0));
      assert.deepEqual(list, list.toSorted(ascending));
    }
  });
});

describe('docs/http.md', () => {
  const text = read('docs/http.md');
  const [served = '', rest = ''] = text.split('Part of the API, and answered with 404');
  const unserved = rest.slice(0, rest.indexOf('\n\n'));

  for (const { pattern, isServed } of API_PATHS) {
    it(`tells that ${pattern} is ${isServed ? 'served' : 'not served yet'}`, () => {
      assert.equal(served.includes(`POST ${pattern}\``), isServed);
      assert.equal(unserved.includes(`\`${pattern}\``), !isServed);
    });
  }

  for (const [path, methods] of Object.entries(openApiDocument('0').paths as Record<string, object>)) {
    it(`lists ${path} among the operations`, () => {
      const own = path.replace('/admin/records/{id}', '/admin/records/{id}`');
      assert.ok(text.includes(own), path);
      if (!path.includes('{')) {
        for (const method of Object.keys(methods)) assert.ok(text.includes(`\`${method.toUpperCase()} ${path}\``));
      }
    });
  }

  it('lists every header that answers carry', () => {
    const source = read('src/gateway/answer-headers.ts');
    const names = new Set([...source.matchAll(/'x-signalbox-([a-z-]*[a-z])'/g)].map(([, name]) => name ?? ''));
    assert.ok(names.size >= 12);
    for (const name of names) assert.match(text, new RegExp(`\`(x-signalbox)?-${name}\``), name);
  });

  it('lists the settings of `serve`, and no others', () => {
    const files = ['serve/serve-options.ts', 'serve/tls-settings.ts', 'options.ts'].map((file) => `src/cli/${file}`);
    const source = [...files, 'src/gateway/compose.ts'].map(read).join('');
    const inCode = new Set([...source.matchAll(/env\.(SIGNALBOX_\w+)/g)].map(([, name]) => name ?? ''));
    const inText = new Set([...text.matchAll(/`(SIGNALBOX_\w+)`/g)].map(([, name]) => name ?? ''));
    assert.deepEqual([...inText].toSorted(), [...inCode].toSorted());
  });
});

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

function ascending(a: number, b: number): number {
  return a - b;
}
