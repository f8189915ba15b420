import { type Endpoint, fitsGlob, type Glob } from '#core';
import type { FieldMatcher, Matcher } from '#snapshot';
import { stringClasses } from './string-classes.ts';

/** A request as far as routes look at it, in the shape of `Test.cases[].request`. */
export interface WitnessRequest {
  readonly consumer?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly endpoint?: Endpoint;
  readonly path?: string;
  readonly model?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What limits the requests that can come: names that exist. */
export interface RequestWorld {
  /** Everybody who can call, with their labels; null when the policies declare nobody, so that any name is possible. */
  readonly consumers: readonly { readonly name: string; readonly labels: Readonly<Record<string, string>> }[] | null;
  /** The catalogue's models: name as sent (a catalogue name or an alias) → catalogue name. */
  readonly models: ReadonlyMap<string, string>;
}

/** One of the independent things that make up a request, with every choice that the matchers at hand tell apart. */
export interface Axis {
  readonly choices: readonly Choice[];
  /** False when there were too many choices to list. */
  readonly isComplete: boolean;
}

/** One choice: the part of a request, and whether a matcher accepts it. */
export interface Choice {
  readonly part: WitnessRequest;
  readonly fits: (matcher: Matcher) => boolean;
  /** A combination that the gateway itself never makes, such as an embeddings call to a chat path; test files can. */
  readonly isUnusual: boolean;
}

/** The paths of the contract, by the kind of call made there. */
const STANDARD_PATHS: Readonly<Record<Endpoint, string>> = {
  chat: '/v1/chat/completions',
  responses: '/v1/responses',
  messages: '/v1/messages',
  generate: '/v1beta/models/gemini-2.5-flash:generateContent',
  completions: '/v1/completions',
  embeddings: '/v1/embeddings',
  images: '/v1/images/generations',
  audio: '/v1/audio/speech',
  moderations: '/v1/moderations',
  rerank: '/v1/rerank',
  mcp: '/mcp/server',
};
const ENDPOINTS = Object.keys(STANDARD_PATHS) as readonly Endpoint[];
/** What a route's `dialect` can make of a path of its own. */
const CUSTOM_PATH_ENDPOINTS: ReadonlySet<Endpoint> = new Set(['chat', 'responses', 'messages', 'generate']);

/** Makes one axis for the matchers that still count: the fewer they are, the fewer choices it has to tell apart. */
export type AxisBuilder = (matchers: readonly Matcher[]) => Axis;

/**
 * The axes along which the matchers look at requests, those first that cost least and tell most. Every request is one choice of each. Pure.
 */
export function requestAxes(matchers: readonly Matcher[], world: RequestWorld): readonly AxisBuilder[] {
  return [
    ...callerAxes(matchers, world),
    callAxis,
    ...keysOf(matchers, 'metadata').map(
      (key): AxisBuilder =>
        (some) =>
          fieldAxis(some, 'metadata', key),
    ),
    ...keysOf(matchers, 'headers').map(
      (key): AxisBuilder =>
        (some) =>
          fieldAxis(some, 'headers', key),
    ),
    (some) => modelAxis(some, world),
  ];
}

/** A declared consumer brings its labels along; only where nobody is declared are names and labels free of one another. */
function callerAxes(matchers: readonly Matcher[], { consumers }: RequestWorld): readonly AxisBuilder[] {
  if (consumers) {
    const choices = consumers.map(({ name, labels }) => ({
      part: { consumer: name },
      isUnusual: false,
      fits: (matcher: Matcher) =>
        fitsList(matcher.consumers, name) && matcher.labels.every((field) => fitsField(field, labels)),
    }));
    return [() => ({ choices, isComplete: true })];
  }
  const labels = keysOf(matchers, 'labels').map(
    (key): AxisBuilder =>
      (some) =>
        fieldAxis(some, 'labels', key),
  );
  return [nameAxis, ...labels];
}

function nameAxis(matchers: readonly Matcher[]): Axis {
  const { texts, isComplete } = stringClasses(matchers.flatMap((matcher) => matcher.consumers ?? []));
  const choices = texts.map((name) => ({
    part: name === '' ? {} : { consumer: name },
    isUnusual: false,
    fits: (matcher: Matcher) => fitsList(matcher.consumers, name),
  }));
  return { choices, isComplete };
}

/** Endpoint and path belong together: the paths of the contract say which call they are. */
function callAxis(matchers: readonly Matcher[]): Axis {
  const { texts, isComplete } = stringClasses(matchers.flatMap((matcher) => matcher.paths ?? []));
  const standard = new Set(Object.values(STANDARD_PATHS));
  const paths = new Set([...standard, ...texts.filter((path) => path.startsWith('/'))]);
  const choices = [...paths].flatMap((path) =>
    ENDPOINTS.map((endpoint) => {
      const own = STANDARD_PATHS[endpoint] === path;
      const isUnusual = standard.has(path) ? !own : !CUSTOM_PATH_ENDPOINTS.has(endpoint);
      return {
        part: own ? { endpoint } : { endpoint, path },
        isUnusual,
        fits: (matcher: Matcher) =>
          (matcher.endpoints === null || matcher.endpoints.includes(endpoint)) && fitsList(matcher.paths, path),
      };
    }),
  );
  // What the gateway really sees comes first, so that witnesses look like requests.
  return { choices: choices.sort((a, b) => Number(a.isUnusual) - Number(b.isUnusual)), isComplete };
}

/** `match.models` holds for the name as sent and for the catalogue name it resolves to. */
function modelAxis(matchers: readonly Matcher[], { models }: RequestWorld): Axis {
  const globs = matchers.flatMap((matcher) => matcher.models ?? []);
  const { texts, isComplete } = stringClasses(globs);
  const known = globs.length === 0 ? [...models.keys()].slice(0, 1) : [...models.keys()];
  const names = new Set([...globs.filter((glob) => glob.isExact).map((glob) => glob.source), ...known, ...texts]);
  const choices = [...names].map((model) => {
    const resolved = models.get(model);
    return {
      part: model === '' ? {} : { model },
      isUnusual: false,
      fits: (matcher: Matcher) =>
        fitsList(matcher.models, model) || (resolved !== undefined && fitsList(matcher.models, resolved)),
    };
  });
  return { choices, isComplete };
}

function fieldAxis(matchers: readonly Matcher[], group: 'labels' | 'metadata' | 'headers', key: string): Axis {
  const fieldsOf = (matcher: Matcher) => matcher[group].filter((field) => field.key === key);
  const { texts, isComplete } = stringClasses(matchers.flatMap(fieldsOf).flatMap((field) => field.values));
  const values = texts.map((value) => ({
    part: { [group]: { [key]: value } },
    isUnusual: false,
    fits: (matcher: Matcher) => fieldsOf(matcher).every((field) => fitsList(field.values, value)),
  }));
  const absent = { part: {}, isUnusual: false, fits: (matcher: Matcher) => fieldsOf(matcher).length === 0 };
  return { choices: [absent, ...values], isComplete };
}

function keysOf(matchers: readonly Matcher[], group: 'labels' | 'metadata' | 'headers'): readonly string[] {
  return [...new Set(matchers.flatMap((matcher) => matcher[group].map((field) => field.key)))].sort();
}

function fitsField(field: FieldMatcher, values: Readonly<Record<string, string>>): boolean {
  const value = Object.hasOwn(values, field.key) ? values[field.key] : undefined;
  return value !== undefined && fitsList(field.values, value);
}

function fitsList(globs: readonly Glob[] | null, text: string): boolean {
  return globs === null || globs.some((glob) => fitsGlob(glob, text));
}
