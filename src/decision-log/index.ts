/** What is known of a request that has ended, and its record: no text of prompt or answer. Pure. */
export { buildRecord, type RecordWriter } from './build-record.ts';
/** Looks a record up by the id of its request; the newest file first. */
export { findRecord } from './find-record.ts';
export type { FinishedCall } from './finished-call.ts';
/** The newest records of a folder. */
export { latestRecords } from './latest-records.ts';
/** Tells whether a text looks like an address, a key, a card or a phone number. Pure. */
export { looksPrivate } from './looks-private.ts';
/** Stand-ins under a key: the same text, the same stand-in. Pure. */
export { createPseudonyms, type Pseudonymise } from './pseudonym.ts';
/** A record as `match` and `decide` take it, and what it lacks. Pure. */
export { factsOfRecord, type RecordedInput } from './read-facts.ts';
/** Reads recordings, packed or not, in constant memory. */
export { RECORD_VERSION, type RecordLine, readRecordBatches, readRecords } from './read-records.ts';
/** The record format of schemas/traffic-record.schema.json. */
export type { RecordedUsage, TrafficRecord } from './record.gen.ts';
/** The record files of a folder, newest first. */
export { listRecordFiles, type RecordFile } from './record-files.ts';
/** Keeps the records of one process in files. */
export { openRecorder, type Recorder, type RecorderOptions } from './recorder.ts';
/** The records of a folder that began in a span. Effect: reads files. */
export { recordsBetween } from './records-between.ts';
/** A caller's value as others may read it. Pure. */
export { tellable } from './tellable.ts';
