import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ask, policyFiles, SECRETS, startProviders, startTestGateway } from './harness.ts';
import { OPENAI } from './provider-answers.ts';

const RELOADS = 500;
const CALLERS = 6;

/** Good revisions differ in the name of a model that nobody asks for. */
const good = (at: number) =>
  `apiVersion: signalbox/v1\nkind: Route\nmetadata: { name: extra }\nspec: { match: { models: [never-${at % 7}] }, chain: all }\n`;

/** Each is refused by another part: the YAML reader, a schema, a link, an environment's operation. */
const BAD = [
  'kind: [',
  'apiVersion: signalbox/v1\nkind: Route\nmetadata: { name: extra }\nspec: { match: {}, chian: all }\n',
  'apiVersion: signalbox/v1\nkind: Route\nmetadata: { name: extra }\nspec: { match: {}, chain: nowhere }\n',
  'apiVersion: signalbox/v1\nkind: Environment\nmetadata: { name: development }\nspec: { overrides: [{ target: Chain/none, path: x, set: 1 }] }\n',
] as const;

describe('500 reloads, good and bad alternating, under streaming load', () => {
  it('no request fails, no stream is cut, and only good revisions ever serve', async (t) => {
    const providers = await startProviders(t);
    // Streams that span several reloads: a turn of the event loop between every two frames.
    const turn = () => ({ wait: new Promise(setImmediate) });
    providers.openai.otherwise(() => ({ chunks: (OPENAI.stream.chunks ?? []).flatMap((chunk) => [chunk, turn()]) }));
    const gateway = await startTestGateway(t, policyFiles(providers), { env: SECRETS });
    const file = join(gateway.policies, 'zz-extra.yaml');
    const revisions = new Set([(await gateway.status()).revision]);
    const seen = new Set<string>();
    let isOver = false;
    let streams = 0;

    async function call(): Promise<void> {
      while (!isOver) {
        const response = await fetch(`${gateway.url}/v1/chat/completions`, {
          method: 'POST',
          body: JSON.stringify(ask('to-openai', { stream: true })),
        });
        const text = await response.text();
        assert.equal(response.status, 200, text);
        assert.match(text, /Hi.* there.*data: \[DONE\]\n\n/s, 'the stream came to its end');
        assert.doesNotMatch(text, /stream_interrupted/);
        seen.add(response.headers.get('x-signalbox-revision') ?? '');
        streams += 1;
      }
    }

    async function reload(): Promise<void> {
      for (let at = 0; at < RELOADS; at++) {
        const isBad = at % 2 === 1;
        const before = (await gateway.status()).revision;
        writeFileSync(file, isBad ? (BAD[(at >> 1) % BAD.length] ?? '') : good(at));
        const { accepted, digest } = await gateway.reload('admin');
        assert.equal(accepted, !isBad, `reload ${at}`);
        const { revision } = await gateway.status();
        if (isBad) assert.equal(revision, before, 'a refused revision changes nothing');
        else assert.equal(revision, digest?.slice(0, 12));
        revisions.add(revision);
        const saved = JSON.parse(readFileSync(join(gateway.dataDir, 'last-good.development.json'), 'utf8'));
        assert.equal(saved.digest.slice(0, 12), revision, 'what is on disk is what serves');
      }
      isOver = true;
    }

    const callers = Array.from({ length: CALLERS }, call);
    await Promise.all([
      reload().finally(() => {
        isOver = true;
      }),
      ...callers,
    ]);
    assert.equal(revisions.size, 8, 'seven good revisions and the one at the start');
    for (const revision of seen) assert.ok(revisions.has(revision), `${revision} was never accepted`);
    assert.ok(streams >= RELOADS / 10, `only ${streams} streams ran beside the reloads`);
    assert.equal((await gateway.status()).counts.inFlight, 0);
    t.diagnostic(`${RELOADS} reloads beside ${streams} streams over ${seen.size} revisions`);
  });
});
