/** A panel: what it shows, by queries in PromQL. `$job` is chosen on the board, `$__rate_interval` and `$__range` are Grafana's. */
export interface BoardPanel {
  readonly title: string;
  /** What the reader learns, and what to do about it. */
  readonly about: string;
  readonly kind: 'timeseries' | 'stat' | 'table' | 'bargauge';
  /** A unit of Grafana: `reqps`, `percentunit`, `s`, `currencyUSD`, `short`. */
  readonly unit: string;
  readonly queries: readonly BoardQuery[];
  /** Of 24. */
  readonly width: number;
  /** Where the colour turns to amber and to red; grows downwards where red is the lower one. */
  readonly limits?: readonly [amber: number, red: number];
}

export interface BoardQuery {
  readonly expr: string;
  /** In Grafana's form: `{{signalbox_team}}`. */
  readonly legend: string;
  /** Why the query says nothing on a gateway that is well; without it, it has data as soon as there is traffic of its kind. */
  readonly isEmptyUntil?: string;
}

/** One dashboard. */
export interface Board {
  readonly uid: string;
  readonly title: string;
  readonly about: string;
  readonly panels: readonly BoardPanel[];
}
