/** The key of an Azure resource; Entra tokens are the kind `entra`. Pure. */
export function azureHeaders(_auth: unknown, key: string): readonly string[] {
  return ['api-key', key];
}
