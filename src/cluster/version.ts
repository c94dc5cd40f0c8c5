/**
 * Of the engine. A session's log replays only on the version that made it, so this changes with every change of what
 * the engine does; `tests/simulation/golden.test.ts` notices when it should have.
 */
export const VERSION = '0.1.0'
