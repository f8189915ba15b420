import type { TrafficRecord } from '#decision-log';
import type { DryRunReport } from '#replay';
import { reportHtml } from '../../src/cli/dry-run/report-html.ts';
import { answerBy, BASE, failureBy, pairOf, recordOf, replayed, simulated } from '../replay/replay-fixture.ts';

const LONG_TEAM = 'customer-relations-and-after-sales-service-kansai-kyushu';
const LONG_ROUTE = 'organisation-wide-assistant-of-every-department';
const NO_GATES = BASE.replace(/ {2}gates:\n(?: {4}.*\n)+/, '');

const usual: readonly TrafficRecord[] = Array.from({ length: 40 }, (_, at) =>
  recordOf(`req_01m8cxs3kw8360d9380b${at.toString(36).padStart(2, '0')}`, {
    request: { inputTokens: 900 + at, consumer: at % 5 === 0 ? 'tests' : 'app' },
    attempts: [
      ...(at % 7 === 0 ? [failureBy('openai/gpt-4o', 'server-error')] : []),
      answerBy(at % 5 === 0 ? 'openai/gpt-4o-mini' : at % 7 === 0 ? 'anthropic/claude-sonnet-4-5' : 'openai/gpt-4o'),
    ],
  }),
);

/** Every record stands for a hundred thousand of one of sixty teams with long names. */
const many: readonly TrafficRecord[] = Array.from({ length: 120 }, (_, at) =>
  recordOf(`req_${LONG_ROUTE}_${at}`, {
    request: { inputTokens: 90_000 + at, labels: { team: `${LONG_TEAM}-${10 + (at % 60)}` } },
    attempts: [answerBy('openai/gpt-4o', 90_000 + at, 4000)],
    sampleWeight: 98_765,
    digest: 'f'.repeat(64),
    decision: { route: LONG_ROUTE, allowed: true } as TrafficRecord['decision'] & object,
  }),
);

const without = (text: string) => text.replace('    - { id: gpt, model: openai/gpt-4o }\n', '');
const denied = (text: string) =>
  text.replace('spec: { match: {}, chain: main }', 'spec: { match: {}, deny: { status: 403 } }');
const longer = (text: string) =>
  without(text)
    .replace('metadata: { name: default }', `metadata: { name: ${LONG_ROUTE} }`)
    .replace('id: claude,', 'id: claude-of-the-european-union-with-a-long-name,')
    .replace('{ tokens: 100000 }', '{ tokens: 200000 }');

/** Dry-runs made by the command's own code from made-up recordings, as its pages: from no record to far too many. */
export async function sampleDryRuns(): Promise<readonly { readonly name: string; readonly html: string }[]> {
  const reports: Readonly<Record<string, DryRunReport>> = {
    'nothing changed': replayed(pairOf(BASE, BASE), usual),
    'no record': replayed(pairOf(BASE, without(BASE)), []),
    'one record': replayed(pairOf(BASE, without(BASE)), usual.slice(1, 2)),
    'a dearer target': replayed(pairOf(BASE, without(BASE)), usual),
    'a cheaper chain': replayed(pairOf(BASE, BASE.replace('chain: main', 'chain: cheap')), usual),
    'everything denied': replayed(pairOf(BASE, denied(BASE)), usual),
    'no gates': replayed(pairOf(NO_GATES, without(NO_GATES)), usual),
    'another budget': await simulated(pairOf(BASE, BASE.replace('{ tokens: 100000 }', '{ tokens: 20000 }')), usual),
    'sixty teams': replayed(pairOf(BASE, longer(BASE)), many),
  };
  return Object.entries(reports).map(([name, report]) => ({
    name,
    html: reportHtml(report, (file) => `policies/of-the-whole-organisation/${file}`),
  }));
}
