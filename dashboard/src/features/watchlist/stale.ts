/**
 * After how much market time without an update a ticker's price counts as old. A replay at 30x brings half a minute
 * of market with each message, so its measure is several messages.
 */
export function staleAfterMillis(speed: number): number {
  return Math.max(20, 6 * speed) * 1000;
}
