/** The shape's `choices` where more than one answer is asked for; nothing else is told, and what is no whole number is the provider's to refuse. Pure. */
export function severalChoices(count: number | undefined): { readonly choices?: number } {
  return count !== undefined && Number.isInteger(count) && count > 1 ? { choices: count } : {};
}
