import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { VERSION } from '#core';
import {
  type ExplainOptions,
  type Explanation,
  explain as explainRequest,
  type Facts,
  type RequestFacts,
} from '#decision';
import { factsOfRecord, findRecord, type TrafficRecord } from '#decision-log';
import { suggest } from '#policy';
import type { Snapshot } from '#snapshot';
import { createSecrets, unsupportedProviders } from '#upstream';
import { compareRecord, scriptOfRecord } from '../explain/explain-record.ts';
import { findLosses } from '../explain/find-losses.ts';
import { guardRemarks } from '../explain/guard-remarks.ts';
import { type Question, readQuestion } from '../explain/read-question.ts';
import { requestOfCall } from '../explain/request-of-call.ts';
import { type Explained, showExplanation } from '../explain/show-explanation.ts';
import { chosenEnvironment, loadTree, type PolicyTree } from '../load-tree.ts';
import { textOption, withEnvironment, withPolicies } from '../options.ts';
import { readFailLevel, readOutputs, withReports } from '../report/formats.ts';
import { jsonFinding } from '../report/json.ts';
import type { Report } from '../report/report.ts';
import { writeReports } from '../report/write-reports.ts';
import { buildSituation } from '../request/build-situation.ts';
import { UsageError } from '../usage-error.ts';
import type { ExitCode, Verb, VerbCall } from '../verb.ts';

const DEFAULT_ENVIRONMENT = 'development';

/** `signalbox explain REQUEST`: which route wins, why each rival loses, and what every gate says of every target, with file and line. */
export const explain: Verb = {
  configure(command) {
    command.argument('<request>', "a file, - for stdin, JSON, 'curl …' in quotes, or the id of a record");
    withReports(withEnvironment(withPolicies(command)));
    command
      .option('--why-not <route>', 'say why this route does not take the request')
      .option('--consumer <name>', 'the consumer of a curl line whose key is not at hand')
      .option('--data-dir <dir>', 'where records are (default: $SIGNALBOX_DATA_DIR, else .signalbox)')
      .addHelpText('after', EXAMPLES);
  },
  run: explainOne,
};

const EXAMPLES = `
Examples:
  signalbox explain '{"consumer":"product-team","endpoint":"chat","model":"gpt-4"}'
  signalbox explain "curl http://127.0.0.1:8787/v1/chat/completions -d '{\\"model\\":\\"gpt-4o\\"}'"
  signalbox explain req_01kax7… --why-not support-faq`;

async function explainOne(call: VerbCall): Promise<ExitCode> {
  const outputs = readOutputs(call);
  readFailLevel(call);
  const question = await readQuestion(call.args[0], call.terminal);
  const record = question.kind === 'record' ? await recordOf(question.id, call) : null;
  const tree = await loadTree(call);
  const environment = environmentFor(call, tree, record);
  const { snapshot, diagnostics } = tree.compile(environment);
  const base = {
    verb: 'explain',
    failLevel: 'error' as const,
    pathOf: (file: string) => pathOf(file, tree),
    texts: tree.parsed.texts,
    notes: [],
  };
  if (snapshot === null) {
    const findings = diagnostics.filter(({ severity }) => severity === 'error');
    const json = { version: VERSION, exitCode: 1, findings: findings.map(jsonFinding) };
    await writeReports(
      { ...base, findings, json, exitCode: 1, scope: `environment ${environment} does not compile` },
      outputs,
      call.terminal,
    );
    return 1;
  }
  const whyNot = textOption(call.options.whyNot);
  if (whyNot !== undefined && !snapshot.routes.has(whyNot)) throw unknownRoute(whyNot, snapshot);
  const answered = answer(snapshot, question, record, whyNot === undefined ? {} : { whyNot }, call);
  const guarded = guardRemarks(snapshot, answered.explanation.route);
  const explained = { ...answered, remarks: [...guarded, ...answered.remarks] };
  const report: Report = {
    ...base,
    findings: [],
    json: jsonOf(explained),
    exitCode: 0,
    scope: `environment ${environment}`,
  };
  const pretty = (columns: number) =>
    showExplanation(explained, { hasColours: false, columns, isQuiet: false, pathOf: base.pathOf });
  await writeReports(report, outputs, call.terminal, {
    own: {
      pretty: (look) => showExplanation(explained, { ...look, pathOf: base.pathOf }),
      markdown: () => `\`\`\`text\n${pretty(100).replaceAll('```', "'''")}\`\`\`\n`,
    },
  });
  return 0;
}

function answer(
  snapshot: Snapshot,
  question: Question,
  record: TrafficRecord | null,
  options: ExplainOptions,
  call: VerbCall,
): Explained {
  const { terminal } = call;
  const base = { environment: snapshot.environment, revision: snapshot.revision };
  if (record !== null) {
    const { request, facts, missing } = factsOfRecord(record);
    const script = scriptOfRecord(record);
    const isPlayed = Object.keys(script).length > 0;
    const explanation = explainRequest(snapshot, request, facts, { ...options, ...(isPlayed && { script }) });
    const comparison = compareRecord(record, explanation, snapshot.digest, missing);
    const remarks =
      record.decision?.inline === true
        ? ['The request carried a chain of its own in a compatibility header, which is not recorded.']
        : [];
    return { ...base, request, explanation, remarks, record: comparison };
  }
  const nowMs = terminal.nowMs();
  const secretsMissing = secretsMissingNow(snapshot, call);
  if (question.kind === 'case') {
    const surroundings = { id: 'req_explain', nowMs, secretsMissing };
    const { request, facts, script, problems } = buildSituation(snapshot, question.case, surroundings);
    const isPlayed = question.case.upstream !== undefined;
    const explanation = explainRequest(snapshot, request, facts, { ...options, ...(isPlayed && { script }) });
    const remarks = problems.map(({ message, hint }) => `${message}.${hint === null ? '' : ` ${hint}`}`);
    return { ...base, request, explanation, remarks, record: null };
  }
  if (question.kind === 'record') throw new Error('a record was asked for and not read');
  const consumer = consumerOption(call, snapshot);
  const { request, refusal, notes, chat } = requestOfCall(snapshot, question.call, consumer, nowMs);
  const facts = factsNow(snapshot, secretsMissing, nowMs);
  const explanation = explainRequest(snapshot, request, facts, options);
  return {
    ...base,
    request,
    explanation: refuse(explanation, refusal),
    remarks: [...notes, NOTHING_SPENT],
    record: null,
    ...(chat === null ? {} : { losses: findLosses(snapshot, request, facts, chat) }),
  };
}

const NOTHING_SPENT =
  'Budgets and breakers are taken as untouched; a running gateway knows better: POST /admin/explain.';

/** A refusal that comes before any policy: the rest would speak of a request that never gets there. */
function refuse(explanation: Explanation, refusal: ReturnType<typeof requestOfCall>['refusal']): Explanation {
  if (refusal === null) return explanation;
  const { status, code, reason } = refusal;
  const nothing = {
    route: null,
    chain: null,
    target: null,
    attempts: [],
    budgets: [],
    notes: [],
    origin: [],
    fallback: null,
    cost: '0.00 USD',
  };
  return { ...explanation, ...nothing, decision: { allowed: false, status, code, reason } };
}

function factsNow(snapshot: Snapshot, secretsMissing: ReadonlySet<string>, nowMs: number): Facts {
  return {
    nowMs,
    draw: 0,
    secretsMissing,
    breakers: {},
    latencies: {},
    inFlight: {},
    counters: {},
    unsupportedProviders: unsupportedProviders(snapshot.providers.values()),
  };
}

function secretsMissingNow(snapshot: Snapshot, { terminal }: VerbCall): ReadonlySet<string> {
  const secrets = createSecrets({
    env: terminal.env,
    readFile: (path) => readFileSync(path, 'utf8'),
    nowMs: terminal.nowMs,
  });
  return secrets.missing([...snapshot.providers.values()]);
}

function jsonOf({ request, environment, revision, explanation, remarks, record, losses = [] }: Explained): object {
  const facts: Partial<RequestFacts> = { ...request, headers: {} };
  return {
    version: VERSION,
    environment,
    revision,
    ...explanation,
    request: facts,
    remarks,
    ...(losses.length > 0 && { losses }),
    ...(record !== null && { record }),
  };
}

async function recordOf(id: string, { options, terminal }: VerbCall): Promise<TrafficRecord> {
  const directory = join(textOption(options.dataDir) ?? (terminal.env.SIGNALBOX_DATA_DIR || '.signalbox'), 'records');
  const record = await findRecord(directory, id);
  if (record !== null) return record;
  throw new UsageError(
    `${directory} holds no record ${JSON.stringify(id)}`,
    'Ids stand in the header x-signalbox-request-id, and records in their file about a second after the answer; name the data directory with --data-dir or SIGNALBOX_DATA_DIR.',
  );
}

/** The environment that is named, else that of the record, else development. */
function environmentFor(call: VerbCall, tree: PolicyTree, record: TrafficRecord | null): string {
  const chosen = chosenEnvironment(call, tree);
  if (chosen !== null) return chosen;
  const recorded = record?.environment;
  if (recorded !== undefined && tree.environments.includes(recorded)) return recorded;
  const [only] = tree.environments;
  if (tree.environments.includes(DEFAULT_ENVIRONMENT) || only === undefined) return DEFAULT_ENVIRONMENT;
  if (tree.environments.length === 1) return only;
  throw new UsageError(
    `there is no environment "${DEFAULT_ENVIRONMENT}"`,
    `Name one with --env: ${tree.environments.join(', ')}.`,
  );
}

function consumerOption(call: VerbCall, snapshot: Snapshot): string | null {
  const name = textOption(call.options.consumer);
  if (name === undefined || snapshot.consumers.has(name)) return name ?? null;
  const meant = suggest(name, [...snapshot.consumers.keys()]);
  throw new UsageError(
    `there is no consumer ${JSON.stringify(name)} in this environment`,
    meant ? `Did you mean ${meant}?` : null,
  );
}

function unknownRoute(name: string, snapshot: Snapshot): UsageError {
  const names = [...snapshot.routes.keys()];
  const meant = suggest(name, names);
  return new UsageError(
    `there is no route ${JSON.stringify(name)} in this environment`,
    meant ? `Did you mean ${meant}?` : `Routes are ${names.join(', ')}.`,
  );
}

function pathOf(file: string, { folder, parsed }: PolicyTree): string {
  return parsed.texts.has(file) ? join(folder, file).replaceAll('\\', '/') : file;
}
