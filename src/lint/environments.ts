/** Whether an environment is one that customers depend on. Pure. */
export function isProduction(environment: string): boolean {
  return /^prod(uction)?$/.test(environment);
}
