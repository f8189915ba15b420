/** Makes the report of a tally: the same input gives the same report, byte for byte. Pure. */
export { buildReport } from './build-report.ts';
/** One of the few changed requests that a report shows. */
export type { ChosenExample } from './choose-examples.ts';
/** The verdict of a snapshot on one request. Pure. */
export { judgeRequest } from './decide-record.ts';
export type { DryRunReport, ReportMover, ReportTransition } from './dry-run-report.ts';
/** Explains the example of every transition in place. Effect: fills `explained`. */
export { explainExamples } from './explain-example.ts';
export type { ExplainedExample, ExplainedSide } from './explained-example.ts';
/** Waivers of gates in force on a day. Pure. */
export { type GateWaiver, gateWaivers } from './gate-waivers.ts';
/** Gates with what was measured, and how shares and amounts are written. Pure. */
export { type GateResult, moneyText, percentText, signedPercent } from './gates.ts';
/** How fast one revision decides about recorded requests. Effects: reads the files, uses a core; throws `UnreadableRecording`. */
export { type DecisionSpeed, measureDecisions } from './measure-decisions.ts';
/** Adds up passes over parts of a recording, in any order. */
export { mergeTallies } from './merge-tallies.ts';
/** A queue that gives its smallest item first. */
export { createMinHeap, type MinHeap } from './min-heap.ts';
/** Reads one line of a recording. Pure. */
export { type ParsedLine, parseLine } from './parse-line.ts';
/** What differs between two compiled revisions, by document. Pure. */
export { changedBudgets, type PolicyChange, policyChanges, statefulChanges } from './policy-changes.ts';
/** Reads a recording in blocks of whole lines, in constant memory. Throws `UnreadableRecording`. Effect: reads the file. */
export { type RecordBlock, readBlocks, UnreadableRecording } from './record-blocks.ts';
/** A record as the deciding functions take it. */
export { inputOf } from './recorded-input.ts';
/** Records of several recordings in the order of their clocks, in constant memory. Effect: reads the files. */
export { recordsInOrder } from './records-in-order.ts';
/** Replays every line of a block. */
export { type BlockToReplay, replayBlock, type Shard } from './replay-block.ts';
/** Everything a report says that does not come from records. */
export type { ReplayContext, Revision } from './replay-context.ts';
/** Replays records under their recorded state; the tally does not depend on their order. */
export { createReplayer, type Replayer, type ReplaySides } from './replayer.ts';
/** Replays recordings over several takers. Effects: reads the files; throws `UnreadableRecording`. */
export { type BlockTaker, type ReplayProgress, runReplay, takeHere } from './run-replay.ts';
/** One revision of the policies, ready to judge any number of records. */
export { createSide, type Side } from './side.ts';
/** Replays records with counters, breakers and caches that change under each revision. */
export { createSimulator, type Simulator } from './simulate.ts';
/** What a pass over records adds up to. */
export { createTally, type End, type Tally } from './tally.ts';
/** A source that is not of the format named. */
export { SourceFormatError } from './traffic/csv-sources.ts';
/** Turns another system's log into records, line by line. Effect: reads the file. */
export { type ImportResult, importTraffic, SOURCE_KINDS, type SourceKind } from './traffic/import-traffic.ts';
/** A stratified sample that depends on the records and a seed alone. */
export { createSampler, type SampleRule, type Sampler } from './traffic/sample-traffic.ts';
/** The lines of a file with their numbers. */
export { linesOf, type SourceLine } from './traffic/source-lines.ts';
/** What the user says of a source that does not say it itself. */
export type { ImportRule } from './traffic/source-row.ts';
/** Recordings pinned by content. */
export { digestFile, type LockedRecording, readLock, type TrafficLock, writeLock } from './traffic/traffic-lock.ts';
/** Counts what is in a recording, in bounded memory. */
export { createStatsCounter, type Share, type TrafficStats } from './traffic/traffic-stats.ts';
/** What a record holds that must not be published. Pure. */
export { type Leak, leaksOf } from './traffic/verify-record.ts';
export type { Verdict } from './verdict.ts';
/** How amounts and counts are written in reports. Pure. */
export { number, plural, signedMoney } from './verdict-text.ts';
