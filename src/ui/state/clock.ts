/** Virtual time as a clock: `08:00:12.3`. */
export function clock(timeMs: number, digits = 1): string {
  return new Date(timeMs).toISOString().slice(11, 19 + (digits > 0 ? digits + 1 : 0))
}
