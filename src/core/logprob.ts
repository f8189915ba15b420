/** How likely a token was where the model chose it: the natural logarithm of its probability. */
export interface TokenLogprob {
  readonly token: string;
  readonly logprob: number;
  /** The token's UTF-8 bytes, where the provider tells them: a token may be a part of a character. */
  readonly bytes?: readonly number[];
  /** The likeliest tokens at that place, the chosen one perhaps among them; absent where none were asked for. */
  readonly top?: readonly Omit<TokenLogprob, 'top'>[];
}
