import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Panel } from '@grafana/schema';
import { BOARDS } from '../../scripts/dashboards/boards.ts';
import { grafanaDashboard } from '../../scripts/dashboards/grafana-dashboard.ts';

/** Ids of Grafana's `valueFormats/categories` (@grafana/data 13.2.3): any other word is shown behind the figure as it is. */
const UNITS = new Set(['short', 'percentunit', 's', 'currencyUSD', 'reqps']);
/** Filled in by Grafana itself. */
const BUILT_IN = new Set(['__rate_interval', '__range']);

const PANELS = BOARDS.flatMap((board) => {
  const { panels = [], templating } = grafanaDashboard(board);
  const variables = (templating?.list ?? []).map(({ name }) => name);
  return (panels as readonly Panel[]).map((panel, at) => ({
    ...{ board, panel, variables, name: `${board.uid}: ${panel.title}`, source: board.panels[at] },
  }));
});

/** Labels that the result of a query has; the same for each part of a sum of queries. */
function labelsOf(expr: string): readonly string[] {
  const found = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, names = '']) =>
    names.split(',').map((name) => name.trim()),
  );
  return [...new Set(found)].filter((name) => name !== 'le' && name !== '');
}

describe('the panels of the dashboards', () => {
  for (const { name, panel, variables, source } of PANELS) {
    it(`read well: ${name}`, () => {
      assert.ok((panel.description ?? '').length > 10, 'says what the reader learns');
      assert.ok(
        UNITS.has(panel.fieldConfig?.defaults.unit ?? ''),
        `no unit of Grafana: ${panel.fieldConfig?.defaults.unit}`,
      );
      const queries = source?.queries ?? [];
      assert.ok(queries.length > 0 && queries.length <= 26, 'a letter for each query');
      if (panel.type === 'stat') assert.equal(queries.length, 1, 'one figure is one query');
      const legends = queries.map(({ legend }) => legend);
      if (panel.type !== 'table') assert.equal(new Set(legends).size, legends.length, 'no two lines of one name');
      for (const { expr, legend } of queries) {
        const labels = labelsOf(expr);
        if (panel.type === 'timeseries' || panel.type === 'bargauge')
          assert.notEqual(legend, '', `a line without a name: ${expr}`);
        const named = [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
        for (const label of named)
          assert.ok(labels.length === 0 || labels.includes(label), `${label} is no label of ${expr}`);
        if (named.length === 0 && panel.type === 'timeseries')
          assert.deepEqual(labels, [], `lines of one name: ${expr}`);
        for (const [, variable = ''] of expr.matchAll(/\$(\w+)/g))
          assert.ok(BUILT_IN.has(variable) || variables.includes(variable), `$${variable} is not defined`);
        assert.ok(expr.includes('job=~"$job"'), 'shows the gateways that were chosen');
        // Absent thresholds are Grafana's own: red from 80 on, whatever is counted.
        assert.ok((panel.fieldConfig?.defaults.thresholds?.steps.length ?? 0) > 0, 'says when it is red');
      }
    });
  }

  it('have names of their own, and every choice has an effect', () => {
    for (const board of BOARDS) {
      const { panels = [], templating } = grafanaDashboard(board);
      const all = panels as readonly Panel[];
      for (const key of ['id', 'title'] as const)
        assert.equal(new Set(all.map((panel) => panel[key])).size, all.length, `${board.uid}: ${key}`);
      const text = JSON.stringify(all);
      for (const { name } of templating?.list ?? [])
        assert.ok(text.includes(`$${name}`), `${board.uid}: ${name} is not used`);
      for (const { targets = [] } of all) assert.equal(new Set(targets.map(({ refId }) => refId)).size, targets.length);
    }
  });
});
