/** A message that did not arrive. The text is for logs and holds no address of the call, no secret and nothing of the message. */
export class DeliveryError extends Error {
  /** Trying again is of no use. */
  readonly isFinal: boolean;

  constructor(message: string, isFinal: boolean, cause?: unknown) {
    super(message, { cause });
    this.name = 'DeliveryError';
    this.isFinal = isFinal;
  }
}
