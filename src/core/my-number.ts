const WEIGHTS = [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2];

/** Whether twelve digits, and nothing between them, carry the check digit of a Japanese individual number. Source: ministerial ordinance no. 85 of 2014, article 5. Pure. */
export function fitsMyNumber(digits: string): boolean {
  const rest = WEIGHTS.reduce((sum, weight, at) => sum + weight * Number(digits[at]), 0) % 11;
  return (rest <= 1 ? 0 : 11 - rest) === Number(digits[11]);
}
