/**
 * Resolves when all of the engine's code is there. It always is, but in the worker as it is built, whose second half
 * travels while the first brings the cluster up: `scripts/late-modules.ts` puts that promise here.
 */
export const arrival: Promise<unknown> = Promise.resolve()
