/** `npm run lessons [-- ID]`: proves every lesson (or those whose id contains ID) on the simulator. */
import { resolve } from 'node:path'
import { collectLessons } from '../../scripts/lessons/collect.ts'
import { renderLesson } from '../../scripts/lessons/render.ts'
import { proveLesson } from './lesson-runner.ts'

const SEEDS = [421, 7, 1984]

const wanted = process.argv[2] ?? ''
const lessons = collectLessons(resolve(import.meta.dirname, '../../lessons')).filter(({ id }) =>
  id.includes(wanted),
)
let failures = 0
for (const lesson of lessons) {
  console.log(lesson.id)
  for (const { ok, what } of proveLesson(lesson, (await renderLesson(lesson.markdown)).liveNames, SEEDS)) {
    console.log(`  ${ok ? '✓' : '✗'} ${what}`)
    if (!ok) failures++
  }
}
console.log(`${lessons.length} lessons, ${failures} faults`)
process.exitCode = failures > 0 || lessons.length === 0 ? 1 : 0
