/** The key of an answer and of what must be equal beside a compared text; lower-case hex SHA-256. Pure. */
export { cacheKey, type KeyParts, policyDigest, scopeKey } from './cache-key.ts';
/** A kept answer, to text and back; anything that is no whole answer reads as null. Pure. */
export { type CachedAnswer, readCachedAnswer, writeCachedAnswer } from './cached-answer.ts';
/** A request, and the chain it goes along, as they are compared: every forwarded field, whatever the dialect. Pure. */
export { chainForm, forwardedForm } from './forwarded-form.ts';
/** How long an answer lives, and what it is good for at an age; milliseconds. Pure. */
export { type Freshness, freshnessOf, jitterOf, keepForMs } from './freshness.ts';
/** What two questions that sound alike differ in: numbers and dates, units, negations, names, language; or null. Pure. */
export { type Facets, facetsOf, findDifference } from './guard/find-difference.ts';
/** The text whose meaning may be compared, and the request without it; null where there is none. Pure. */
export { lastQuestion, type Question } from './question.ts';
/** A kept answer as the events of a stream, in natural pieces. Pure. */
export { pieces, replayEvents } from './replay-events.ts';
/** Precision and recall of thresholds over judged pairs, and the lowest one that keeps a precision; shares from 0 to 1. Pure. */
export { type JudgedPair, type ThresholdLine, type Tuning, tuneThreshold } from './tune-threshold.ts';
/** Vectors by scope, with an exact search by threshold; similarity is the cosine. Pure: its state is its own. */
export { createVectorIndex, type Similar, type VectorIndex } from './vector-index.ts';
/** Why an answer is not kept, or null. Pure. */
export { type NotKept, whyNotKept } from './why-not-kept.ts';
