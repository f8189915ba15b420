import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { runProcess } from '../support/start-process.ts';

const root = join(import.meta.dirname, '../..');

type Instruction = { readonly name: string; readonly text: string };
type Stage = { readonly base: string; readonly alias: string; readonly instructions: readonly Instruction[] };

function parseDockerfile(text: string): readonly Stage[] {
  const lines = text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const stages: { base: string; alias: string; instructions: Instruction[] }[] = [];
  for (const line of lines) {
    const [, name = '', rest = ''] = line.match(/^(\S+)\s+(.*)$/) ?? [];
    const from = name === 'FROM' ? rest.match(/^(\S+)(?: AS (\S+))?$/) : null;
    if (from) stages.push({ base: from[1] ?? '', alias: from[2] ?? '', instructions: [] });
    else stages.at(-1)?.instructions.push({ name, text: rest });
  }
  return stages;
}

const text = readFileSync(join(root, 'Dockerfile'), 'utf8');
const stages = parseDockerfile(text);
const final = stages.at(-1);

function inFinal(name: string): readonly string[] {
  return (final?.instructions ?? []).filter((instruction) => instruction.name === name).map(({ text: value }) => value);
}

describe('the image', () => {
  it('is built in stages, all on Node 26 slim, and keeps only the last', () => {
    assert.ok(stages.length >= 2);
    assert.deepEqual([...new Set(stages.map((stage) => stage.base))], ['$NODE_IMAGE']);
    assert.match(text, /^ARG NODE_IMAGE=node:26-slim$/m, 'by its tag, unless a build names its digest');
    assert.equal(
      inFinal('RUN').filter((command) => /npm|apt/.test(command)).length,
      0,
      'the last stage installs nothing',
    );
  });

  it('runs as a numbered user that is not root, to the end', () => {
    const users = inFinal('USER');
    assert.match(users.at(-1) ?? '', /^[1-9]\d*:[1-9]\d*$/);
  });

  it('checks its health without curl, listens on 8787 and writes only to its volume', () => {
    assert.match(inFinal('HEALTHCHECK').join(), /CMD \["node", "bin\/healthcheck\.mjs"\]/);
    assert.deepEqual(inFinal('EXPOSE'), ['8787']);
    assert.deepEqual(inFinal('VOLUME'), ['["/data"]']);
    assert.match(inFinal('ENV').join(' '), /SIGNALBOX_DATA_DIR=\/data\b/);
    assert.match(inFinal('ENTRYPOINT').join(), /^\["node", "bin\/signalbox\.mjs"\]$/, 'exec form: signals reach Node');
  });

  it('copies only what exists and what the build context lets through', () => {
    const ignored = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n');
    const allowed = ignored.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    assert.ok(ignored.includes('*'), 'everything is left out unless named');
    const aliases = stages.map((stage) => stage.alias);
    for (const { text: copy } of stages.flatMap((s) => s.instructions).filter(({ name }) => name === 'COPY')) {
      const from = copy.match(/--from=(\S+)/)?.[1];
      const sources = copy
        .split(/\s+/)
        .filter((part) => !part.startsWith('--'))
        .slice(0, -1);
      if (from !== undefined) assert.ok(aliases.includes(from), `no stage ${from}`);
      for (const source of from === undefined ? sources : []) {
        assert.ok(existsSync(join(root, source)), `${source} does not exist`);
        assert.ok(allowed.includes(source.replace(/^\.\//, '')), `${source} is not in the build context`);
      }
    }
  });

  it('holds no secret: none in its text, none as a build argument', () => {
    assert.deepEqual(text.match(/^ARG .*/gm), ['ARG NODE_IMAGE=node:26-slim']);
    assert.doesNotMatch(text, /(_API_KEY|_TOKEN|PASSWORD|_SECRET)\s*=|\.env\b|sk-|sbx_/);
  });

  const answers = [
    { name: 'healthy when /healthz answers 200', status: 200, code: 0 },
    { name: 'unhealthy when it answers 503', status: 503, code: 1 },
  ];
  for (const { name, status, code } of answers) {
    it(`is ${name}`, async (t) => {
      const asked: (string | undefined)[] = [];
      const server = createServer((request, response) => {
        asked.push(request.url);
        response.writeHead(status).end();
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      t.after(() => server.close());
      const run = await runProcess(t, [], {
        program: [process.execPath, join(root, 'bin/healthcheck.mjs')],
        env: { SIGNALBOX_PORT: String((server.address() as AddressInfo).port) },
      });
      assert.deepEqual([run.code, asked], [code, ['/healthz']]);
    });
  }

  it('is unhealthy, with the reason, when nothing listens', async (t) => {
    const run = await runProcess(t, [], {
      program: [process.execPath, join(root, 'bin/healthcheck.mjs')],
      env: { SIGNALBOX_PORT: '1' },
    });
    assert.equal(run.code, 1);
    assert.match(run.stderr, /healthcheck: port 1: .*ECONNREFUSED/);
  });
});
