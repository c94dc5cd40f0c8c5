/** The reason of a step whose difference nobody has explained yet. */
export const OPEN = 'not explained yet'
