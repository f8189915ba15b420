/** What a model's name tells of the fields it takes. */
export interface ModelFamily {
  /** Major and minor version as one number: 2.5, 3.1; infinite for `gemini-flash-latest` and its like; 0 for models that are not Gemini. */
  readonly version: number;
  readonly isPro: boolean;
  /** Vertex AI, by its resource names. */
  readonly isVertex: boolean;
}

/** Reads the family from an upstream model name such as `gemini-2.5-pro` or `publishers/google/models/gemini-3-flash`. Pure. */
export function modelFamily(model: string): ModelFamily {
  const name = model.slice(model.lastIndexOf('/') + 1);
  const version = /^gemini-(\d+(?:\.\d+)?)/.exec(name)?.[1];
  return {
    version: version === undefined ? (name.startsWith('gemini-') ? Number.POSITIVE_INFINITY : 0) : Number(version),
    isPro: /-pro\b/.test(name),
    isVertex: /^(publishers|projects|endpoints)\//.test(model),
  };
}

/**
 * Whether schemas go out as JSON Schema (`parametersJsonSchema`, `responseJsonSchema`) or as the OpenAPI subset of
 * `parameters` and `responseSchema`. Google documents JSON Schema for every model from 2.5 on
 * (ai.google.dev/gemini-api/docs/structured-output); what is older or not Gemini gets the subset. Pure.
 */
export function takesJsonSchema(family: ModelFamily): boolean {
  return family.version >= 2.5;
}

/** Whether function calls must carry a thought signature, tool results may hold images, and tools go with JSON answers: from Gemini 3 on. Pure. */
export function isThirdGeneration(family: ModelFamily): boolean {
  return family.version >= 3;
}
