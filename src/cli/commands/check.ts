import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkFindings } from '../check/check-findings.ts';
import { checkMarkdown } from '../check/check-markdown.ts';
import type { CheckReport } from '../check/check-report.ts';
import { codeQuality } from '../check/code-quality.ts';
import { findBase } from '../check/find-base.ts';
import { findTraffic } from '../check/find-traffic.ts';
import { postComment } from '../check/post-comment.ts';
import { readCi } from '../check/read-ci.ts';
import { readCheckReport } from '../check/read-report.ts';
import { runCheck } from '../check/run-check.ts';
import { showCheck } from '../check/show-check.ts';
import { touchedFindings } from '../check/touched-findings.ts';
import { namedEnvironment, policiesFolder, textOption, withEnvironment, withPolicies } from '../options.ts';
import { readFailLevel, readOutputs, withReports } from '../report/formats.ts';
import { safeJson } from '../report/safe-text.ts';
import { writeReportFile, writeReports } from '../report/write-reports.ts';
import { UsageError } from '../usage-error.ts';
import type { ExitCode, Verb, VerbCall } from '../verb.ts';

/** `signalbox check`: everything a pull request must pass, on a laptop as in CI; `check comment FILE`: its comment, from the JSON alone. */
export const check: Verb = {
  configure(command) {
    command
      .argument('[comment]', 'make the comment of a report: check comment FILE/check.json')
      .argument('[file]', 'the report');
    withReports(withEnvironment(withPolicies(command), 'for the dry-run, that of the recording'));
    command
      .option('--base <rev>', 'git revision or folder to compare with (default: where the branch left its target)')
      .option('--traffic <files...>', 'recordings to replay (default: those that the lock file pins)')
      .option('--lock <file>', 'lock file of the recordings (default: traffic/traffic.lock.json, where it is)')
      .option('--min-coverage <share>', 'fail below this coverage of the policy tests, such as 80%')
      .option('--out <dir>', 'write check.json, comment.md, lint.sarif, tests.xml, code-quality.json, dry-run.html')
      .option('--post', 'check comment: put it on the pull request, in place of the last one')
      .option('--head-sha <commit>', 'check comment: the commit that the run was about, as the CI system says')
      .addHelpText(
        'after',
        '\nRuns fmt --check, lint, test and, where recordings are pinned, dry-run.\nExit codes: 1 one of them fails, 2 one could not check.',
      );
  },
  run: runVerb,
};

async function runVerb(call: VerbCall): Promise<ExitCode> {
  const [word, file] = call.args;
  if (word === undefined) return checkChange(call);
  if (word !== 'comment' || file === undefined) {
    throw new UsageError(
      `check takes no argument ${JSON.stringify(word)}`,
      'signalbox check, or signalbox check comment FILE',
    );
  }
  return comment(call, await readCheckReport(file));
}

async function checkChange(call: VerbCall): Promise<ExitCode> {
  const { options, terminal } = call;
  const outputs = readOutputs(call);
  readFailLevel(call);
  const ci = await readCi(terminal.env);
  const base = await findBase(textOption(options.base), ci);
  const out = textOption(options.out) ?? null;
  const report = await runCheck(terminal, {
    policies: policiesFolder(call),
    base,
    environment: namedEnvironment(call),
    traffic: await findTraffic((options.traffic ?? []) as readonly string[], textOption(options.lock)),
    minCoverage: textOption(options.minCoverage) ?? null,
    out,
    pullRequest: ci.pullRequest,
  });
  const findings = checkFindings(report);
  const markdown = checkMarkdown(report);
  if (out !== null) {
    await writeReportFile(join(out, 'check.json'), `${safeJson(report)}\n`);
    await writeReportFile(join(out, 'comment.md'), markdown);
    await writeReportFile(join(out, 'code-quality.json'), codeQuality(findings));
  }
  if (terminal.env.GITHUB_STEP_SUMMARY) await appendFile(terminal.env.GITHUB_STEP_SUMMARY, markdown);
  const shown = await touchedFindings(call, base, findings);
  await writeReports(
    {
      verb: 'check',
      findings: shown,
      json: report,
      failLevel: 'error',
      exitCode: report.exitCode,
      pathOf: (path) => path,
      texts: new Map(),
      scope: base === null ? 'compared with nothing' : `compared with ${base.slice(0, 12)}`,
      notes: report.notes,
    },
    outputs,
    terminal,
    {
      isQuiet: options.quiet === true,
      own: { pretty: (look) => showCheck(report, shown, look), markdown: () => markdown },
    },
  );
  return report.exitCode;
}

async function comment({ options, terminal }: VerbCall, report: CheckReport): Promise<ExitCode> {
  const text = checkMarkdown(report);
  if (options.post !== true) {
    terminal.out(text);
    return 0;
  }
  const { pullRequest } = report;
  if (pullRequest === null)
    throw new UsageError('the report is of no pull request', 'Make it in a pull request’s own run.');
  const headSha = textOption(options.headSha) ?? pullRequest.headSha;
  const posted = await postComment(terminal, text, { number: pullRequest.number, headSha });
  terminal.out(`${POSTED[posted]} (${pullRequest.number}, ${headSha.slice(0, 12)})\n`);
  return 0;
}

const POSTED = {
  created: 'The comment was posted.',
  updated: 'The comment was updated in place.',
  unchanged: 'The comment is as it was.',
  stale: 'Nothing was posted: the pull request has another head than the run. Its next run posts.',
} as const;
