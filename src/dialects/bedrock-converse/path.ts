/** The path of a call: an id or an ARN as one segment, such as `/model/us.amazon.nova-lite-v1%3A0/converse-stream`. Pure. */
export function callPath(model: string, stream: boolean): string {
  return `/model/${encodeURIComponent(model)}/${stream ? 'converse-stream' : 'converse'}`;
}

/** The vendor's own part of an id: without the prefix of a cross-region profile, and without what leads it in an ARN. Pure. */
export function modelFamilyName(model: string): string {
  const name = model.slice(model.lastIndexOf('/') + 1);
  return name.replace(/^(us|us-gov|eu|apac|jp|au|ca|sa|me|af|global)\./, '');
}
