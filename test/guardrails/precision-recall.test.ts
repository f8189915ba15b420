import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CHECKS, type Span } from '#guardrails';
import { type Entity, type LabelledText, readLabelledTexts } from '../support/labelled-texts.ts';
import { compiledOf, spansIn } from '../support/run-check.ts';
import { requireSharedData } from '../support/skip.ts';

/** The checks that a policy would name for an entity, and how much of a labelled place they must cover (labels of keys include the name before). */
const BY_ENTITY: Readonly<Record<Entity, { readonly checks: readonly string[]; readonly cover: number }>> = {
  card: { checks: ['credit-card'], cover: 0.8 },
  phone: { checks: ['phone-number'], cover: 0.8 },
  email: { checks: ['email-address'], cover: 0.8 },
  iban: { checks: ['iban'], cover: 0.8 },
  ip: { checks: ['ip-address'], cover: 0.8 },
  ssn: { checks: ['us-ssn'], cover: 0.8 },
  'my-number': { checks: ['my-number'], cover: 0.8 },
  key: {
    checks: ['secret-key', 'credential-assignment', 'auth-header', 'jwt-token', 'url-credentials'],
    cover: 0.4,
  },
};
const FLOOR = 0.95;

describe('structured entities in texts that others labelled', () => {
  it('are found with a recall and a precision of 95 % and more', (t) => {
    const folder = requireSharedData(t, 'pii');
    if (folder === undefined) return;
    const texts = readLabelledTexts(folder);
    const short: string[] = [];
    t.diagnostic('entity     recall               precision            left out (label wrong or in doubt)');
    for (const [entity, { checks, cover }] of Object.entries(BY_ENTITY) as [Entity, (typeof BY_ENTITY)[Entity]][]) {
      const { places, hits, findings, right, doubted } = measure(checks, cover, texts[entity]);
      assert.ok(places > 0, `no text with ${entity}`);
      const recall = hits / places;
      const precision = right / findings;
      t.diagnostic(
        `${entity.padEnd(10)} ${shown(recall, hits, places)} ${shown(precision, right, findings)} ${doubted} texts`,
      );
      if (recall < FLOOR || precision < FLOOR) short.push(entity);
    }
    assert.deepEqual(short, []);
  });
});

function measure(checks: readonly string[], cover: number, texts: readonly LabelledText[]) {
  const compiled = checks.flatMap((name) => {
    const check = CHECKS.get(name);
    assert.ok(check !== undefined, name);
    return compiledOf(check, {});
  });
  const sum = { places: 0, hits: 0, findings: 0, right: 0, doubted: 0 };
  for (const { text, places, doubt } of texts) {
    if (doubt !== undefined) {
      sum.doubted += 1;
      continue;
    }
    const found = compiled.flatMap((check) => (check.kind === 'spans' ? spansIn(check, text) : []));
    sum.places += places.length;
    sum.findings += found.length;
    sum.hits += places.filter((place) => covered(place, found) >= cover * (place[1] - place[0])).length;
    sum.right += found.filter((span) => places.some((place) => covered(place, [span]) > 0)).length;
  }
  return sum;
}

/** How many units of a place the findings cover together. */
function covered([start, end]: readonly [number, number], found: readonly Span[]): number {
  let units = 0;
  for (let at = start; at < end; at++) if (found.some((span) => span.start <= at && at < span.end)) units++;
  return units;
}

function shown(share: number, of: number, all: number): string {
  return `${(100 * share).toFixed(1).padStart(5)} % (${of}/${all})`.padEnd(20);
}
