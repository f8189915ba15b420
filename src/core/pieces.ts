/** What a call is paid for beside tokens. */
export interface Pieces {
  /** Images made, which are priced by the piece; none where absent. */
  readonly images?: number;
  /** Searches billed (Cohere's rerank), each at the price of a call; absent means one. */
  readonly searchUnits?: number;
}

/** The pieces of whatever names them, and nothing else of it; what is not known is left out. Pure. */
export function piecesOf({
  images,
  searchUnits,
}: { readonly [Name in keyof Pieces]: Pieces[Name] | undefined }): Pieces {
  return { ...(images === undefined ? {} : { images }), ...(searchUnits === undefined ? {} : { searchUnits }) };
}
