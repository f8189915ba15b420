/**
 * What Google takes in place of a signature that the history does not have, because another model made the call or the
 * caller's dialect cannot carry it; Gemini 3 refuses the first call of a step without one
 * (ai.google.dev/gemini-api/docs/thought-signatures, read 2026-11).
 */
export const NO_SIGNATURE = 'skip_thought_signature_validator';
