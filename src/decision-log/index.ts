export { buildRecord, type FinishedCall, type RecordWriter } from './build-record.ts';
export { findRecord, latestRecords } from './find-record.ts';
export { looksPrivate } from './looks-private.ts';
export { createPseudonyms, type Pseudonymise } from './pseudonym.ts';
export { factsOfRecord, type RecordedInput } from './read-facts.ts';
export { type RecordLine, readLines, readRecords } from './read-records.ts';
export type { RecordedUsage, TrafficRecord } from './record.gen.ts';
export { listRecordFiles, type RecordFile } from './record-files.ts';
export { openRecorder, type Recorder, type RecorderOptions } from './recorder.ts';
