/** Makes the report of a tally: the same input gives the same report, byte for byte. Pure. */
export { buildReport, type DryRunReport, type ReportMover, type ReportTransition } from './build-report.ts';
/** One of the few changed requests that a report shows. */
export type { ChosenExample } from './choose-examples.ts';
/** Explains the example of every transition in place. Effect: fills `explained`. */
export { type ExplainedExample, type ExplainedSide, explainExamples } from './explain-example.ts';
/** Waivers of gates in force on a day. Pure. */
export { type GateWaiver, gateWaivers } from './gate-waivers.ts';
/** Gates with what was measured, and how shares and amounts are written. Pure. */
export { type GateResult, percentText, roundToCent, signedPercent } from './gates.ts';
/** Adds up passes over parts of a recording, in any order. */
export { mergeTallies } from './merge-tallies.ts';
/** What differs between two compiled revisions, by document. Pure. */
export { changedBudgets, type PolicyChange, policyChanges, statefulChanges } from './policy-changes.ts';
/** Reads a recording in blocks of whole lines, in constant memory. Throws `UnreadableRecording`. Effect: reads the file. */
export { type RecordBlock, readBlocks, UnreadableRecording } from './record-blocks.ts';
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
/** What a pass over records adds up to. */
export { createTally, type End, type Tally } from './tally.ts';
/** How amounts and counts are written in reports. Pure. */
export { number, plural, signedMoney } from './verdict-text.ts';
