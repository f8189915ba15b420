import type { RuleMeta } from './rule.ts';

/** A finding of loading, reading, linking or compiling: always an error, never waived, since nothing runs with it. */
export interface BuiltinFinding extends Pick<RuleMeta, 'id' | 'summary' | 'why' | 'fix'> {
  /** YAML that shows it, where a few lines can. */
  readonly bad?: string;
  readonly good?: string;
  /** What it means for the policies, where it is not found while they are read. */
  readonly note?: string;
}

/** Every id that the compiler can give, by id. */
export const BUILTIN_FINDINGS: readonly BuiltinFinding[] = Object.freeze([
  {
    id: 'alias/cycle',
    summary: 'Aliases of a consumer lead to one another and to no model.',
    why: 'Whoever asks for one of them would get nothing.',
    bad: 'aliases: { fast: quick, quick: fast }',
    good: 'aliases: { fast: quick, quick: openai/gpt-4o-mini }',
  },
  {
    id: 'alias/unresolved',
    summary: 'An alias of a consumer leads to no model.',
    why: 'Whoever asks for it would be told that there is no such model.',
    bad: 'aliases: { fast: openai/gpt-4o-minni }',
    good: 'aliases: { fast: openai/gpt-4o-mini }',
  },
  {
    id: 'cel/cost',
    summary: 'A `when` could take too long.',
    why: 'Conditions run for every request. Nested macros, unbounded lists and expressions beyond the size limit are refused before they can slow anybody down.',
    bad: "when: '[1, 2].all(a, [1, 2].all(b, a == b))'",
    good: "when: 'request.inputTokens < 4000'",
  },
  {
    id: 'cel/type-error',
    summary: 'A `when` does not parse, names something that does not exist, or is no condition.',
    why: 'An expression that fails at run time counts as false: the route would silently never match.',
    bad: "when: 'request.inputToken < 4000'",
    good: "when: 'request.inputTokens < 4000'",
  },
  {
    id: 'env/dangling-override',
    summary: 'An environment operation hits no node, or its target does not exist.',
    why: 'The override would be lost without a word, and production would run with the settings of development.',
    bad: '- { target: Chain/premium, path: "targets[gtp].model", set: openai/gpt-4o-mini }',
    good: '- { target: Chain/premium, path: "targets[gpt].model", set: openai/gpt-4o-mini }',
  },
  {
    id: 'env/locked',
    summary: 'An environment operation touches something the environment has locked, or a lock keeps nothing.',
    why: 'Locks say that a guardrail or limit holds in this environment whatever else changes.',
  },
  {
    id: 'fallback/cycle',
    summary: 'A chain reaches itself.',
    why: 'Following it would never end.',
    bad: '- { id: again, chain: premium }   # inside of Chain/premium',
    good: '- { id: cheap, chain: economy }',
  },
  {
    id: 'fmt/layout',
    summary: 'A file is not in the canonical layout; reported by `signalbox fmt --check` only.',
    note: 'It says nothing about what the policies mean, and cannot be waived.',
    why: 'One layout for all means that a change shows what it changes, and nothing else. `signalbox fmt` writes it.',
  },
  {
    id: 'fmt/unsafe',
    summary: '`signalbox fmt` left a file alone, since its values or comments would not have stayed the same.',
    why: 'A formatter that changes what a policy means is worse than none.',
    note: 'It says nothing about what the policies mean, and cannot be waived.',
  },
  {
    id: 'guardrail/check',
    summary: 'An option of a check cannot be used, or the check cannot do what its `action` says.',
    why: 'A check that cannot run would let everything through. It is compiled with the policies, so that a request never meets one that fails.',
    bad: "- { id: staff, check: webhook, action: mask, url: 'https://guard.example.com' }",
    good: "- { id: staff, check: webhook, action: block, url: 'https://guard.example.com' }",
  },
  {
    id: 'load/empty',
    summary: 'The folder, or the files in it, hold no policy document.',
    why: 'An empty tree is no policy: it would close the gateway to everybody. Exit code 2.',
  },
  {
    id: 'load/missing',
    summary: 'The policies folder does not exist or is no folder.',
    why: 'Most likely the command runs in another folder than meant. Exit code 2.',
  },
  {
    id: 'load/symlink-loop',
    summary: 'A link leads back to a folder that holds it.',
    why: 'Following it would never end.',
  },
  {
    id: 'load/too-large',
    summary: 'A policy file, or all of them together, are too large.',
    why: 'A file of many megabytes is no hand-written policy; most likely the folder holds something else.',
  },
  {
    id: 'load/too-many-files',
    summary: 'The folder holds more files than are read.',
    why: 'Most likely `--policies` names a folder above the policies.',
  },
  {
    id: 'load/unreadable',
    summary: 'A file, folder or link cannot be read.',
    why: 'A policy that is silently left out is a policy that does not hold.',
  },
  {
    id: 'model/unknown',
    summary: 'A model is in no catalogue and no document.',
    why: 'The target could never be called.',
    bad: '- { id: gpt, model: openai/gpt4o }',
    good: '- { id: gpt, model: openai/gpt-4o }',
  },
  {
    id: 'project/requires',
    summary: 'The policies are written for other versions of Signalbox than the one that runs.',
    why: 'An older version may not know what they ask for, and a newer one may do it differently: neither should find out under load.',
    bad: 'requires: ">=99"',
    good: 'requires: ">=0.1 <2"',
  },
  {
    id: 'prompt/variable',
    summary: 'A text of a route names a variable that it does not have, or a variable that cannot be filled in.',
    why: 'The model would read `{{team}}` in place of a team.',
    bad: `
prompt:
  append: "The customer asks about {{topc}}."
  variables: { topic: { metadata: topic, default: general } }`,
    good: `
prompt:
  append: "The customer asks about {{topic}}."
  variables: { topic: { metadata: topic, default: general } }`,
  },
  {
    id: 'ref/cycle',
    summary: 'A consumer is its own parent, directly or through others.',
    why: 'Whatever it spends would count for ever.',
  },
  {
    id: 'ref/duplicate-name',
    summary: 'Two documents have the same kind and name, or two owners the same alias or key.',
    why: 'One of them would win, and nobody could say which.',
  },
  {
    id: 'ref/unresolved',
    summary: 'A name refers to no document of this environment.',
    why: 'The part that uses it would be dropped or fail at run time.',
    bad: 'chain: premum',
    good: 'chain: premium',
  },
  {
    id: 'schema/format',
    summary: 'A text does not have the form of its field, such as a duration without a unit.',
    why: '`timeout: 30` was meant as seconds by one reader and as milliseconds by the next.',
    bad: 'timeouts: { total: "30" }',
    good: 'timeouts: { total: 30s }',
    fix: 'Writes durations, sizes, shares and money in their form where they can mean one thing only: `5 minutes` becomes `5m`, `1000` becomes `1000 USD`, `80` becomes `80%`. A bare `30` stays: seconds or milliseconds is for you to say.',
  },
  {
    id: 'schema/missing-key',
    summary: 'A required key is missing.',
    why: 'Without it the document says nothing that could be enforced.',
    bad: 'limit: {}',
    good: 'limit: { cost: "1000 USD" }',
    fix: 'Adds `apiVersion`. What any other key should say is for you to decide.',
  },
  {
    id: 'schema/type',
    summary: 'A value has another JSON type than its field.',
    why: 'Where a list is expected a single value is an error too: guessing would hide a forgotten dash.',
    bad: 'endpoints: chat',
    good: 'endpoints: [chat]',
    fix: 'Puts a single value into a list, quotes a number where a text is expected, takes the quotes off a number, and writes `true` for `yes`.',
  },
  {
    id: 'schema/unknown-key',
    summary: 'A key is not in the schema of its document.',
    why: 'A misspelt key is an intention that is lost. Keys that begin with `x-` are yours.',
    bad: 'fallbackon: [rate-limit]',
    good: 'fallbackOn: [rate-limit]',
    fix: 'Renames the key when one key of the same map, and no other, can be meant.',
  },
  {
    id: 'schema/unknown-kind',
    summary: 'There is no such kind of document.',
    why: 'The whole document would be ignored.',
    bad: 'kind: Chian',
    good: 'kind: Chain',
    fix: 'Writes the kind that is meant when only one can be.',
  },
  {
    id: 'schema/unknown-version',
    summary: 'The document is written in another version of the policy language.',
    why: 'The same words may mean something else there.',
    bad: 'apiVersion: signalbox/v2',
    good: 'apiVersion: signalbox/v1',
  },
  {
    id: 'schema/value',
    summary: 'A value is outside of its list or range, or two keys exclude one another.',
    why: 'It has no meaning the gateway could act on.',
    bad: 'strategy: failover',
    good: 'strategy: fallback',
    fix: 'Writes the value that is meant when only one of the list can be, and removes a repeated item.',
  },
  {
    id: 'test/coverage',
    summary: 'Tests reach less than `--min-coverage` asks for; reported by `signalbox test` only.',
    why: 'What no test reaches may have stopped working long ago.',
    note: 'It is found when tests are run, and cannot be waived: lower the bar, or add a case.',
  },
  {
    id: 'test/failed',
    summary: 'A test expects something else than the policies do; reported by `signalbox test` only.',
    why: 'Either the change is wrong, or the test says what is no longer meant. Somebody has to decide which.',
    note: 'It is found when tests are run, and cannot be waived.',
  },
  {
    id: 'test/leak',
    summary: 'Two callers that a cache keeps apart would be given one kept answer; reported by `signalbox test`.',
    why: 'One tenant would read what another was told.',
    note: 'It is found when tests are run, and cannot be waived: report it, since no policy can cause it.',
  },
  {
    id: 'test/survivor',
    summary: 'The policies were broken on purpose, and no test noticed; reported by `signalbox test --mutate` only.',
    why: 'Whoever breaks this line by mistake learns of it from customers.',
    note: 'It is found when tests are run, and waived by `Kind/name:path` only: better add a case that fails without the line.',
  },
  {
    id: 'yaml/alias-bomb',
    summary: 'Anchors and aliases make a document explode.',
    why: 'A few lines could fill all memory.',
  },
  {
    id: 'yaml/duplicate-key',
    summary: 'A map has the same key twice.',
    why: 'The first one would be lost silently.',
  },
  {
    id: 'yaml/encoding',
    summary: 'The file is not valid UTF-8, or holds characters that no text file holds.',
    why: 'What a reviewer sees and what is loaded could differ.',
  },
  {
    id: 'yaml/syntax',
    summary: 'The file is no valid YAML.',
    why: 'Nothing in it can be trusted to mean what it seems to.',
  },
  {
    id: 'yaml/tag',
    summary: 'A YAML tag is used.',
    why: 'Tags make one parser read a value as something else than the next one does.',
  },
]);
