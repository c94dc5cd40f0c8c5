/**
 * Writes `docs/fidelity.md` from the lists of known differences, which the test of the recordings holds to be true.
 *
 * Usage: tsx scripts/fidelity.ts
 */
import { writeFileSync } from 'node:fs'
import { fidelityPage } from '../tests/transcripts/fidelity.ts'

writeFileSync('docs/fidelity.md', await fidelityPage())
