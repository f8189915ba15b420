/** One sample of a scrape. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A family of a scrape, with its samples. */
export interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*/;
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|(?=\}))/;
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['', '_sum', '_count'],
};

/**
 * Reads the Prometheus text format 0.0.4 and refuses what its documentation forbids (read 2026-11): a family in two places, a sample without its TYPE, a series
 * twice, buckets that fall or lack `+Inf`, a counter below zero.
 */
export function parsePrometheusText(text: string): ReadonlyMap<string, Family> {
  if (!text.endsWith('\n')) throw new Error('the last line must end with a line feed');
  const families = new Map<string, { name: string; type: string; help: string; samples: Sample[] }>();
  const help = new Map<string, string>();
  const series = new Set<string>();
  let current: { name: string; type: string; help: string; samples: Sample[] } | null = null;
  for (const line of text.slice(0, -1).split('\n')) {
    const comment = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$/.exec(line);
    if (comment?.[1] === 'HELP') help.set(comment[2] ?? '', comment[3] ?? '');
    else if (comment?.[1] === 'TYPE') {
      const [, , name = '', type = ''] = comment;
      if (families.has(name)) throw new Error(`${name} stands in two places`);
      if (!['counter', 'gauge', 'histogram', 'summary', 'untyped'].includes(type)) throw new Error(line);
      current = { name, type, help: help.get(name) ?? '', samples: [] };
      families.set(name, current);
    } else if (!line.startsWith('#') && line !== '') {
      const sample = parseSample(line);
      const key = JSON.stringify([sample.name, Object.entries(sample.labels).sort()]);
      if (series.has(key)) throw new Error(`twice: ${line}`);
      series.add(key);
      const suffixes: readonly string[] = SUFFIXES[current?.type ?? ''] ?? [''];
      if (current === null || !suffixes.some((suffix) => sample.name === `${current?.name}${suffix}`)) {
        throw new Error(`outside its family: ${line}`);
      }
      if (current.type === 'counter' && sample.value < 0) throw new Error(`a counter below zero: ${line}`);
      current.samples.push(sample);
    }
  }
  for (const family of families.values()) if (family.type === 'histogram') checkBuckets(family);
  return families;
}

function parseSample(line: string): Sample {
  const name = NAME.exec(line)?.[0];
  if (name === undefined) throw new Error(`no name: ${line}`);
  const labels: Record<string, string> = {};
  let rest = line.slice(name.length);
  if (rest.startsWith('{')) {
    rest = rest.slice(1);
    while (!rest.startsWith('}')) {
      const [all, label = '', value = ''] = LABEL.exec(rest) ?? [];
      if (all === undefined || label in labels) throw new Error(`labels: ${line}`);
      labels[label] = value.replace(/\\(["\\n])/g, (_, char: string) => (char === 'n' ? '\n' : char));
      rest = rest.slice(all.length);
    }
    rest = rest.slice(1);
  }
  const value = /^ (\+Inf|-Inf|NaN|[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?)$/.exec(rest)?.[1];
  if (value === undefined) throw new Error(`value: ${line}`);
  return { name, labels, value: Number(value.replace('Inf', 'Infinity')) };
}

function checkBuckets({ name, samples }: Family): void {
  const last = new Map<string, { le: number; count: number }>();
  for (const { name: each, labels, value } of samples) {
    const { le, ...others } = labels;
    const key = JSON.stringify(Object.entries(others).sort());
    if (each === `${name}_bucket`) {
      const bound = Number((le ?? '').replace('Inf', 'Infinity'));
      const before = last.get(key);
      if (Number.isNaN(bound) || (before !== undefined && (bound <= before.le || value < before.count))) {
        throw new Error(`buckets of ${name} must rise`);
      }
      last.set(key, { le: bound, count: value });
    }
  }
  for (const { name: each, labels, value } of samples) {
    if (each !== `${name}_count`) continue;
    const end = last.get(JSON.stringify(Object.entries(labels).sort()));
    if (end?.le !== Number.POSITIVE_INFINITY || end.count !== value) throw new Error(`${name} lacks its +Inf bucket`);
  }
}
