import type { Dashboard, Panel } from '@grafana/schema';
import type { Board, BoardPanel } from './board.ts';

const DATASOURCE = { type: 'prometheus', uid: '$datasource' } as const;
const HEIGHTS: Readonly<Record<BoardPanel['kind'], number>> = { stat: 4, timeseries: 8, table: 8, bargauge: 8 };
const COLUMNS = 24;

/** A board in the form that Grafana imports. Pure. */
export function grafanaDashboard({ uid, title, about, panels }: Board): Dashboard {
  return {
    uid,
    title,
    description: about,
    tags: ['signalbox'],
    editable: false,
    graphTooltip: 1,
    refresh: '30s',
    schemaVersion: 39,
    time: { from: 'now-6h', to: 'now' },
    timezone: 'browser',
    templating: {
      list: [
        { name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus' },
        {
          ...{ name: 'job', label: 'Job', type: 'query', datasource: DATASOURCE, includeAll: true, multi: true },
          ...{ query: 'label_values(signalbox_config_info, job)', allValue: '.*', refresh: 2 },
          current: { selected: true, text: 'All', value: '$__all' },
        },
      ],
    },
    panels: placed(panels),
  };
}

/** From left to right, in rows as high as their highest panel. */
function placed(panels: readonly BoardPanel[]): Panel[] {
  let [x, y, rowHeight] = [0, 0, 0];
  return panels.map((panel, index) => {
    const h = HEIGHTS[panel.kind];
    if (x + panel.width > COLUMNS) {
      y += rowHeight;
      [x, rowHeight] = [0, 0];
    }
    const gridPos = { x, y, w: panel.width, h };
    x += panel.width;
    rowHeight = Math.max(rowHeight, h);
    return grafanaPanel(panel, index + 1, gridPos);
  });
}

function grafanaPanel(panel: BoardPanel, id: number, gridPos: NonNullable<Panel['gridPos']>): Panel {
  const isTable = panel.kind === 'table';
  return {
    id,
    type: panel.kind,
    title: panel.title,
    description: panel.about,
    datasource: DATASOURCE,
    gridPos,
    fieldConfig: {
      defaults: {
        unit: panel.unit,
        ...(panel.unit === 'percentunit' ? { min: 0 } : {}),
        // Without any, Grafana has its own: red from 80 on, whatever is counted.
        thresholds: thresholds(panel.limits),
      },
      overrides: [],
    },
    options: {},
    targets: panel.queries.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode(65 + index),
      datasource: DATASOURCE,
      expr,
      legendFormat: legend === '' ? '__auto' : legend,
      ...(isTable ? { format: 'table', instant: true } : { range: true }),
    })),
    ...(isTable
      ? {
          transformations: [
            { id: 'organize', options: { excludeByName: { Time: true }, renameByName: { Value: panel.title } } },
          ],
        }
      : {}),
  };
}

function thresholds(limits: BoardPanel['limits']) {
  // biome-ignore lint/suspicious/noExplicitAny: an enum of a package whose code is not loaded
  const mode = 'absolute' as any;
  if (limits === undefined) return { mode, steps: [{ value: null, color: 'green' }] };
  const [amber, red] = limits;
  const steps =
    red >= amber
      ? [
          { value: null, color: 'green' },
          { value: amber, color: 'orange' },
          { value: red, color: 'red' },
        ]
      : [
          { value: null, color: 'red' },
          { value: red, color: 'orange' },
          { value: amber, color: 'green' },
        ];
  return { mode, steps };
}
