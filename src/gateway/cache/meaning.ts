/** A question as it is compared, and kept beside its answer. */
export interface Meaning {
  readonly text: string;
  readonly scope: string;
  readonly embedder: string;
  readonly vector: Float32Array;
}
